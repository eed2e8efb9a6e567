"""The counter: stamping, redeeming, taking back, PINs."""
