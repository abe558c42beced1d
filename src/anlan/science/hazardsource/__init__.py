"""危险化学品重大危险源 by GB 18218-2018: is a unit one (S), and of which class (R).

S = Σ q/Q, one when S reaches 1; R = α · Σ β·q/Q. q is the design maximum quantity of one unit in tonnes, Q the critical
quantity, β the factor of the substance, α that of the people who live within 500 m. All tables come in as data.
"""
