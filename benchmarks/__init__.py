"""Speed and quality as ratios against a reference or peer timed in the same run."""
