"""Citizens as Zalo shows them to one province: who follows, whose phone is proven, what they agreed to."""
