"""the city simulated: shoppers, pickers, couriers, weather, faults; worlds/; and the checkers"""
