import os
import subprocess
import sys

print("at import")


def main(event, context):
    print("by print 打印")
    print("by stderr", file=sys.stderr)
    os.write(1, b"by os.write\n")
    subprocess.run([sys.executable, "-c", "print('by a process')"], check=True)
    return {"名": "值\u2028", "n": 1.0}
