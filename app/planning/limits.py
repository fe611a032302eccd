"""How large a plan may be, and the two epochs that divide cheap repeats from dear ones."""

# 10^15 tokens are 60 times the largest published run; the limit leaves three orders of magnitude
# and still fits a 64-bit column.
MAX_TOKENS = 10**18

# A phase is read by people. The Nemotron and Marin mixtures have below 300 components; the page
# is built for 500. Exactness and speed are tested up to this number.
MAX_COMPONENTS = 5_000

# Weights are typed by hand: beyond this they are mistakes, and their sum would leave float range.
MAX_WEIGHT = 1e300
# Smaller ones, zero aside, receive no token of any budget, and their exact shares grow long.
MIN_WEIGHT = 1e-300
# A phase has tens of groups; exact shares of more that carry weights grow long.
MAX_GROUPS = 200

# One pass per token of the largest budget over a source of one token: beyond any answer of ours.
MAX_EPOCHS = 1e18

# Repeats up to 4 epochs cost almost nothing (Muennighoff et al., arXiv 2305.16264: 8.7B
# parameters, 44B unique tokens, +0.5 % loss); Dolma 3 and OLMo 3 stop between 4 and 7.
NEARLY_FREE_EPOCHS = 4.0
DEFAULT_MAX_EPOCHS = 7.0
