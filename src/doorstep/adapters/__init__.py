"""the world: store/ (memory over a journal file), desk/"""
