"""Who somebody is: secrets and PINs from a file, badges with PINs at terminals."""
