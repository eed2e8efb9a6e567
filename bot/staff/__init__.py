"""The team at the counter: stamping, redeeming, taking back, PINs, and asking a manager."""
