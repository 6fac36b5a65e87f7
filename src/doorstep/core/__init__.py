"""the rooms: pure decisions; no room imports another"""
