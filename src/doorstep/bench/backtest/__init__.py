"""rolling origins, scores and peers: how well the forecast does, said honestly"""
