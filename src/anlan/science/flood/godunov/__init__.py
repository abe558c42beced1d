"""The second-order well-balanced Godunov solver (MUSCL, Heun, HLLC): depth and speed where water is fast or shocks run."""
