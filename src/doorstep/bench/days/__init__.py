"""dispatch days lived again: the replay, its peers, the best with hindsight, and a checker that trusts none of them"""
