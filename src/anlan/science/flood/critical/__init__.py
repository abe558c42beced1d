"""临界雨量: how much rain of a duration brings water to the threshold at a village's homes.

    places = cut(land, villages, ...)              # each catchment once, villages of one stream together
    run = once(place, land, storm, ...)            # one storm over one catchment: depth at the homes, and when
    search(depths, known, threshold)               # which depth of rain must be run next, or none
    tell(...)                                      # immediate 立即转移 and prepare 准备转移, each low and high

Pure: arrays in, arrays out. Whoever calls it keeps the results of runs and the processes that make them.
"""
