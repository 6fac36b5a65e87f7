"""real files in, our nouns out"""
