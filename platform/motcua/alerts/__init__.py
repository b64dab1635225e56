"""What a province's admins must be told because only they can mend it."""
