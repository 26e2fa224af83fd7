import os
import sys

from verify import is_genuine

print("genuine" if is_genuine(os.environ["WEBHOOK_SECRET"], *sys.argv[1:], sys.stdin.buffer.read()) else "forged")
