"""Looks at a made-up machine twice, a minute apart by its own clock and its connections open for two hours, and prints what would be reported."""

import importlib.util
import json
import os
import sys
import time

script, root, settings = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
sys.dont_write_bytecode = True
spec = importlib.util.spec_from_file_location('session_agent', script)
agent = importlib.util.module_from_spec(spec)
spec.loader.exec_module(agent)

machine = agent.Machine(root)
if os.path.isdir(os.path.join(root, 'proc')):
    machine.look()
    machine.before = (time.monotonic() - 60, machine.before[1])
    machine.inputs = {key: at - 7200 for key, at in machine.inputs.items()}
    os.rename(os.path.join(root, 'proc'), os.path.join(root, 'proc-before'))
    os.rename(os.path.join(root, 'proc-after'), os.path.join(root, 'proc'))
print(json.dumps(machine.report(agent.told(settings))))
