"""the nouns and facts of the city: sku, lot, site, order, courier, trip"""
