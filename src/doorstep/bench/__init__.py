"""peers, backtests, clairvoyants, studies"""
