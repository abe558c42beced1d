"""Documents 证明文书: one value for screen, PDF and CSV, so that none of them says anything else.

papers      what stands on a document       village, whole, duty    how each is made
render      PDF and CSV from it             words                   how a fact is said
reader      who a document is for, what all say alike
"""
