"""The words that citizens hear: texts and their versions, the variables they may use, and reading them before use."""
