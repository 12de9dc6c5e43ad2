"""What work needs beside equipment and persons: tools with their lives, lots that go before others, and why each stands where it does."""
