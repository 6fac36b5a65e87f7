"""use cases: load, decide, write; one function a command or tick"""
