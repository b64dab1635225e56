"""Phản ánh hiện trường (1022): what citizens report from the street, who mends it, and the answer they get."""
