"""Phản ánh, kiến nghị: what citizens complain of, the law's clocks, and the answers they get."""
