"""The shell of the region: those who bring towns on line and watch over all of them."""
