"""units, instants, calendar, chance, ids, errors: words every room speaks"""
