#!/usr/bin/env python3
"""Lamplighter's session agent: says once a minute whether this machine is in use.

What leaves the machine is the dictionary that `Machine.report` returns: busy or idle for kernels, terminals, SSH,
editors, user processes, GPUs and containers; seconds since the last input; free disk. No name of a process, file, host
or person. It runs as root because only root may read what shows use. Python 3.6 or newer and openssl are all it needs.

    session-agent.py run                      report until stopped (the service does this)
    session-agent.py show [--seconds N]       look for N seconds, print what would be reported, send nothing
    session-agent.py enrol --address URL      exchange the one-time code in $LAMPLIGHTER_CODE for a key made here
    session-agent.py leave                    tell the deployment that this machine reports no more
"""

import argparse
import base64
import collections
import email.utils
import glob
import hashlib
import http.client
import json
import os
import random
import re
import signal
import ssl
import stat
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from datetime import datetime, timezone
from urllib.parse import urlsplit

VERSION = '1'
DEFAULTS = {'everySeconds': 60, 'cpuCoresBelow': 0.5, 'gpuBelow': 5.0, 'staleAfterSeconds': 10800}
# Below this share of a core a process is not looked at more closely, so that a look stays cheap.
NOTICEABLE_CORES = 0.01
# An extension host that uses more is typed into, as far as one can tell from outside; an idle one ticks over.
EDITOR_INPUT_CORES = 0.02
# More than keep-alives of a connection without a terminal (file transfer, forwarded port) move in a minute.
TRANSFER_BYTES_PER_MINUTE = 100_000
SCRIPTS_BEFORE_STOP_SECONDS = 300
SCRIPT_TIME_LIMIT_SECONDS = 120
HTTP_TIME_LIMIT_SECONDS = 10
LOCAL_TIME_LIMIT_SECONDS = 3
NOBODY = 65534
UNSET = 4294967295

Process = collections.namedtuple('Process', 'pid comm ppid pgrp session tty tpgid own children start')

SHELLS = {'sh', 'bash', 'dash', 'zsh', 'fish', 'ksh', 'csh', 'tcsh', 'login', 'su', 'sudo'}
# sshd's own name for the process that serves one connection; `user` alone is one that only forwards ports.
SSH_SESSION = re.compile(r'^sshd(?:-session)?: [^ \[]+?(?:@(pts/\d+|notty))?$')
EDITOR = re.compile(
    r'(vscode-server|vscode-remote|vscodium-server|cursor-server|windsurf-server|code-server)'
    r'.*--type=extensionHost|remote-dev-server'
)
JUPYTER = re.compile(
    r'jupyter-(lab|notebook|server|labhub|singleuser)|jupyterhub-singleuser'
    r'|jupyter (lab|notebook|server)|-m (jupyter|notebook|jupyterlab|jupyter_server)\b'
)
CONTAINER = re.compile(r'docker|containerd|kubepods|libpod|lxc')


def read(path, limit=65536):
    """The file's beginning as text; None if it cannot be read. Files of /proc vanish at any time."""
    try:
        with open(path, 'rb') as file:
            return file.read(limit).decode('utf-8', 'replace')
    except OSError:
        return None


def within(seconds, look, otherwise=None):
    """What `look` finds; `otherwise` if it fails or takes too long: one unread part does not cost the rest."""

    def too_long(_signal, _frame):
        raise TimeoutError()

    before, began = signal.signal(signal.SIGALRM, too_long), time.monotonic()
    left = signal.alarm(seconds)  # of a limit around this one, which goes on afterwards
    if 0 < left < seconds:
        signal.alarm(left)
    try:
        return look()
    except Exception:  # whatever it was, the part counts as not read
        return otherwise
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
        if left > 0:
            signal.alarm(max(1, round(left - (time.monotonic() - began))))


def busy(is_busy):
    return 'busy' if is_busy else 'idle'


def pts_of(tty):
    """The number of a pseudo-terminal; None for none and for consoles."""
    major, minor = (tty >> 8) & 0xFFF, (tty & 0xFF) | ((tty >> 12) & 0xFFF00)
    return minor + (major - 136) * 256 if 136 <= major <= 143 else None


class Machine:
    """What can be seen of one machine. `root` is / but in tests."""

    def __init__(self, root='/'):
        self.root = root
        self.before = None  # (monotonic time, processes)
        self.words = {}  # command lines by (pid, start): read once in a process's life
        self.inputs = {}  # last input of connections without a terminal, by (pid, start)
        self.moved = {}  # bytes they had moved

    def path(self, *parts):
        return os.path.join(self.root, *parts)

    def proc(self, pid, name):
        return read(self.path('proc', str(pid), name))

    # Processes

    def processes(self):
        found = {}
        for name in os.listdir(self.path('proc')):
            text = self.proc(name, 'stat') if name.isdigit() else None
            if text is None or ')' not in text:
                continue
            comm, rest = text[text.index('(') + 1 : text.rindex(')')], text[text.rindex(')') + 2 :].split()
            if len(rest) < 20:
                continue
            own, children = int(rest[11]) + int(rest[12]), int(rest[13]) + int(rest[14])
            found[int(name)] = Process(
                int(name), comm, *(int(field) for field in rest[1:6]), own, children, int(rest[19])
            )
        return found

    def command(self, process):
        """The command line, to know sessions, editors and servers by. It is not reported."""
        key = (process.pid, process.start)
        if key not in self.words or process.comm.startswith('sshd'):  # sshd renames itself
            self.words[key] = (self.proc(process.pid, 'cmdline') or '').replace('\0', ' ').strip()
        return self.words[key]

    def cores(self, now, processes):
        """Cores that each process used since the look before, by pid; None at the first look."""
        if self.before is None:
            return None
        then, earlier = self.before
        seconds = max(now - then, 0.001) * os.sysconf('SC_CLK_TCK')
        same = {pid: p for pid, p in earlier.items() if pid in processes and processes[pid].start == p.start}
        # What a process had used before its end was counted while it lived; its parent inherits it.
        inherited = collections.Counter()
        for pid, process in earlier.items():
            if pid not in same:
                inherited[process.ppid] += process.own + process.children
        used = {}
        for pid, process in processes.items():
            old = same.get(pid)
            own = process.own - (old.own if old else 0)
            children = process.children - (old.children if old else 0) - inherited[pid]
            used[pid] = (max(0, own) + max(0, children)) / seconds
        return used

    def kind(self, process, processes):
        """`user`, `container` or `system`: whose work a process does."""
        cgroup = self.proc(process.pid, 'cgroup') or ''
        if CONTAINER.search(cgroup) and cgroup != self.proc(1, 'cgroup'):
            return 'container'
        current, steps = process, 0
        while current is not None and steps < 64:
            if current.pid == os.getpid():
                return 'system'  # our own look, and the owner's scripts before a stop
            if self.is_users(current):
                return 'user'
            current, steps = processes.get(current.ppid), steps + 1
        return 'user' if 'SUDO_UID=' in (self.proc(process.pid, 'environ') or '') else 'system'

    def is_users(self, process):
        if pts_of(process.tty) is not None:
            return True
        uids = re.search(r'^Uid:\s+(\d+)\s+(\d+)', self.proc(process.pid, 'status') or '', re.M)
        login = (self.proc(process.pid, 'loginuid') or '').strip()
        ids = [int(uid) for uid in (uids.groups() if uids else ())] + ([int(login)] if login.isdigit() else [])
        return any(1000 <= uid < UNSET and uid != NOBODY for uid in ids)

    # Connections and terminals

    def terminals(self, processes, stale_after):
        """Whether a program runs in the foreground of a terminal not forgotten, and each terminal's last input."""
        program, inputs = False, []
        for process in processes.values():
            number = pts_of(process.tty)
            if number is None or process.session != process.pid:
                continue
            try:
                seen = os.stat(self.path('dev/pts', str(number)))
            except OSError:
                continue
            inputs.append(seen.st_atime)
            at_work = process.comm not in SHELLS or process.tpgid not in (-1, process.pgrp)
            if at_work and time.time() - max(seen.st_atime, seen.st_mtime) < stale_after:
                program = True
        return program, inputs

    def connections(self, processes, used):
        """SSH and editor connections, and the last input of those without a terminal, as their work shows it."""
        ssh = editor = False
        inputs, moves = {}, {}
        for process in processes.values():
            words = self.command(process)
            key = (process.pid, process.start)
            session = SSH_SESSION.match(words) if process.comm.startswith('sshd') else None
            if session is not None:
                ssh = True
                if session.group(1) not in (None, 'notty'):
                    continue
                io = re.findall(r'^[rw]char: (\d+)', self.proc(process.pid, 'io') or '', re.M)
                moved = sum(int(count) for count in io)
                at_work = moved - self.moved.get(key, moved) >= TRANSFER_BYTES_PER_MINUTE
                moves[key] = moved
            elif EDITOR.search(words) or process.comm == 'rsession':
                editor = True
                at_work = used is not None and used.get(process.pid, 0) >= EDITOR_INPUT_CORES
            else:
                continue
            # One that was not seen before counts from now on, also where it is the agent that is new.
            inputs[key] = time.time() if at_work else self.inputs.get(key, time.time())
        self.inputs, self.moved = inputs, moves
        return ssh, editor, list(inputs.values())

    # Jupyter

    def jupyter_servers(self, processes):
        """(hosts to try, port, base path, token, TLS) of each running server, as its runtime file says; of one without
        a file, the ports it listens on."""
        commands = {pid: self.command(process) for pid, process in processes.items()}
        servers = {pid for pid, words in commands.items() if JUPYTER.search(words) and 'ipykernel' not in words}
        folders = set(glob.glob(self.path('home', '*', '.local/share/jupyter/runtime')))
        folders |= {self.path('root/.local/share/jupyter/runtime'), *glob.glob(self.path('run/user', '*', 'jupyter'))}
        for pid in servers:
            pairs = [item.split('=', 1) for item in (self.proc(pid, 'environ') or '').split('\0') if '=' in item]
            env = dict(pairs)
            data = env.get('JUPYTER_DATA_DIR') or os.path.join(
                env.get('XDG_DATA_HOME') or os.path.join(env.get('HOME', '/root'), '.local/share'), 'jupyter'
            )
            folder = env.get('JUPYTER_RUNTIME_DIR') or os.path.join(data, 'runtime')
            folders.add(self.path(folder.lstrip('/')))
        found, known = [], set()
        for file in sorted(name for folder in folders for name in glob.glob(os.path.join(folder, '*server-*.json'))):
            try:
                said = json.loads(read(file) or '')
                pid, address = int(said['pid']), urlsplit(str(said.get('url', '')))
                if pid not in processes or pid in known:
                    continue  # left behind by one that was killed
                known.add(pid)
                host = str(said.get('hostname', ''))
                hosts = ['127.0.0.1'] + ([host] if re.match(r'^[\d.]+$', host) and host != '0.0.0.0' else [])
                port = int(said.get('port') or address.port)
                base, token = str(said.get('base_url') or '/'), str(said.get('token') or '')
                found.append((hosts, port, base, token, bool(said.get('secure'))))
            except (ValueError, KeyError, TypeError):
                continue
        for pid in servers:
            if pid not in known:
                ports = self.listening(pid)
                found.extend((['127.0.0.1'], port, '/', '', False) for port in ports[:2])
        return found

    def listening(self, pid):
        """Ports that a process listens on."""
        tables = [read(self.path('proc/net', name), 1 << 20) or '' for name in ('tcp', 'tcp6')]
        lines = [line.split() for table in tables for line in table.splitlines()[1:]]
        ports = {line[9]: int(line[1].rsplit(':', 1)[1], 16) for line in lines if len(line) > 9 and line[3] == '0A'}
        inodes = set()
        for link in glob.glob(self.path('proc', str(pid), 'fd', '*')):
            try:
                inodes.add(os.readlink(link)[8:-1])
            except OSError:
                continue
        return sorted(ports[inode] for inode in inodes if inode in ports)

    def jupyter(self, processes, period):
        """Loads of kernels and of Jupyter's terminals, None where a server does not answer, and when each moved last."""
        kernels = terminals = 'idle'
        inputs = []
        for server in self.jupyter_servers(processes):
            seen = within(LOCAL_TIME_LIMIT_SECONDS * 2, lambda: ask(server, 'kernels'))
            if seen is None:  # one that does not answer is not asked three times
                kernels = kernels if kernels == 'busy' else None
                terminals = terminals if terminals == 'busy' else None
                continue
            sessions = within(LOCAL_TIME_LIMIT_SECONDS * 2, lambda: ask(server, 'sessions'), [])
            seen += [one['kernel'] for one in sessions if isinstance(one.get('kernel'), dict)]
            if any(kernel.get('execution_state') == 'busy' for kernel in seen):
                kernels = 'busy'
            opened = within(LOCAL_TIME_LIMIT_SECONDS * 2, lambda: ask(server, 'terminals'))
            if opened is None and terminals == 'idle':
                terminals = None
            last = [instant(one.get('last_activity')) for one in opened or []]
            if any(at is not None and time.time() - at < period for at in last):
                terminals = 'busy'
            inputs += [at for at in last + [instant(one.get('last_activity')) for one in seen] if at is not None]
        return kernels, terminals, inputs

    # The rest

    def gpu(self, below):
        """Load of the GPUs; None where there is none to be seen, since not seen is not idle."""
        if not glob.glob(self.path('dev/nvidia[0-9]*')):
            return None
        command = ['nvidia-smi', '--query-gpu=utilization.gpu', '--format=csv,noheader,nounits']
        shown = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=10, check=True)
        loads = [float(line) for line in shown.stdout.decode().split('\n') if line.strip()]
        return busy(max(loads) >= below)

    def disk(self):
        space = os.statvfs(self.root)
        return space.f_bavail * space.f_frsize // 1_000_000

    def look(self):
        """The first look of a pair: loads are what is used between two."""
        self.before = (time.monotonic(), self.processes())
        self.connections(self.before[1], None)

    def report(self, settings):
        """What was seen since the last look. This, and nothing else, leaves the machine."""
        now = time.monotonic()
        processes = within(10, self.processes)
        if processes is None:
            processes, used = {}, None
        else:
            used = self.cores(now, processes)
        loads = within(10, lambda: self.loads(processes, used)) if used is not None else None
        terminals = within(5, lambda: self.terminals(processes, settings['staleAfterSeconds']))
        connections = within(5, lambda: self.connections(processes, used))
        kernels, jupyter_terminals, jupyter_inputs = within(
            30, lambda: self.jupyter(processes, settings['everySeconds'] * 1.5), (None, None, [])
        )
        alive = {(process.pid, process.start) for process in processes.values()}
        self.words = {key: words for key, words in self.words.items() if key in alive}
        self.before = (now, processes) if processes else None
        program, tty_inputs = terminals or (None, [])
        ssh, editor, inputs = connections or (None, None, [])
        last = [at for at in tty_inputs + inputs + jupyter_inputs if at <= time.time() + 60]
        unread = not processes
        return {
            'version': 1,
            'agent': VERSION,
            'kernels': kernels,
            'terminals': 'busy' if program else None if program is None else jupyter_terminals,
            'ssh': None if ssh is None or unread else busy(ssh),
            'vscode': None if editor is None or unread else busy(editor),
            'processes': None if loads is None else busy(loads['user'] >= settings['cpuCoresBelow']),
            'gpu': within(15, lambda: self.gpu(settings['gpuBelow'])),
            'containers': None if loads is None else busy(loads['container'] >= settings['cpuCoresBelow']),
            'lastInputSecondsAgo': max(0, round(time.time() - max(last))) if last else None,
            'diskFreeMegabytes': within(5, self.disk),
        }

    def loads(self, processes, used):
        sums = {'user': 0.0, 'container': 0.0, 'system': 0.0}
        for pid, cores in used.items():
            if cores >= NOTICEABLE_CORES:
                sums[self.kind(processes[pid], processes)] += cores
        return sums


def instant(text):
    """Seconds since 1970 of Jupyter's `2026-03-02T08:00:00.123456Z`; None if it is anything else."""
    try:
        return datetime.strptime(str(text)[:19], '%Y-%m-%dT%H:%M:%S').replace(tzinfo=timezone.utc).timestamp()
    except ValueError:
        return None


def ask(server, name):
    """One list of a Jupyter server's API. Terminals may be switched off: then there are none."""
    hosts, port, base, token, tls = server
    failure = None
    for host in hosts:
        if tls:  # on this very machine, with whatever certificate it has
            context = ssl._create_unverified_context()
            connection = http.client.HTTPSConnection(host, port, timeout=LOCAL_TIME_LIMIT_SECONDS, context=context)
        else:
            connection = http.client.HTTPConnection(host, port, timeout=LOCAL_TIME_LIMIT_SECONDS)
        try:
            # Jupyter is not to take our look for use.
            path = '/' + (base.strip('/') + '/' if base.strip('/') else '') + 'api/' + name + '?no_track_activity=1'
            connection.request('GET', path, headers={'Authorization': 'token ' + token} if token else {})
            answer = connection.getresponse()
            if answer.status == 404 and name != 'kernels':
                return []
            if answer.status != 200:
                raise OSError('Jupyter answered %d' % answer.status)
            listed = json.loads(answer.read(1 << 20).decode())
            return [one for one in listed if isinstance(one, dict)]
        except (OSError, ValueError, http.client.HTTPException) as error:
            failure = error
        finally:
            connection.close()
    raise failure


class Refused(Exception):
    def __init__(self, status, code, text):
        super().__init__(text)
        self.status, self.code = status, code


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def openssl(arguments, given=None):
    command = ['openssl'] + arguments
    done = subprocess.run(command, input=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=20)
    if done.returncode != 0:
        raise RuntimeError('openssl failed: ' + done.stderr.decode('utf-8', 'replace').strip()[:200])
    return done.stdout


class Deployment:
    """Where reports go, and the key they are signed with, which never leaves this machine."""

    def __init__(self, root='/'):
        self.etc = os.path.join(root, 'etc/lamplighter-agent')
        self.key = os.path.join(self.etc, 'key.pem')
        self.next_key = os.path.join(self.etc, 'key-next.pem')
        self.memory = os.path.join(root, 'var/lib/lamplighter-agent/state.json')
        self.offset = 0.0  # of the deployment's clock from ours
        self.state = json.loads(read(self.memory) or '{}')
        self.opener = urllib.request.build_opener(NoRedirect())

    def address(self):
        return json.loads(read(os.path.join(self.etc, 'config.json')) or '{}').get('address', '')

    def remember(self, **changes):
        self.state.update(changes)
        try:
            os.makedirs(os.path.dirname(self.memory), mode=0o700, exist_ok=True)
            with open(self.memory + '.new', 'w') as file:
                json.dump(self.state, file)
            os.replace(self.memory + '.new', self.memory)
        except OSError:
            pass  # a full disk must not end the reports; counters start from the clock

    def make_key(self):
        os.makedirs(self.etc, mode=0o700, exist_ok=True)
        before = os.umask(0o077)
        try:
            openssl(['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', self.next_key])
        finally:
            os.umask(before)
        return base64.b64encode(self.public(self.next_key)).decode()

    def public(self, key):
        return openssl(['ec', '-in', key, '-pubout', '-outform', 'DER'])

    def send(self, *request):
        """Sends a signed request; once more if only our clock was wrong, which the answer has set right."""
        try:
            return self.send_once(*request)
        except Refused as refused:
            if refused.code != 'agent.clock':
                raise
            return self.send_once(*request)

    def send_once(self, method, path, purpose, body, key=None, address=None):
        address, key = address or self.address(), key or self.key
        check_address(address)
        data = b'' if body is None else json.dumps(body).encode()
        sent = int((time.time() + self.offset) * 1000)
        counter = max(int(self.state.get('counter', 0)) + 1, sent)
        self.remember(counter=counter)
        key_id = hashlib.sha256(self.public(key)).hexdigest()[:32]
        prefix = 'lamplighter-agent-1\n%s\n%s\n%d\n%d\n' % (purpose, key_id, sent, counter)
        signature = openssl(['dgst', '-sha256', '-sign', key], prefix.encode() + data)
        request = urllib.request.Request(address + path, data=data, method=method)
        for name, value in (
            ('Content-Type', 'application/json'),
            ('User-Agent', 'lamplighter-agent/' + VERSION),
            ('x-lamplighter-key', key_id),
            ('x-lamplighter-time', str(sent)),
            ('x-lamplighter-counter', str(counter)),
            ('x-lamplighter-signature', base64.b64encode(signature).decode()),
        ):
            request.add_header(name, value)
        try:
            with self.opener.open(request, timeout=HTTP_TIME_LIMIT_SECONDS) as answer:
                self.set_clock(answer.headers)
                return json.loads(answer.read(65536).decode())
        except urllib.error.HTTPError as error:
            self.set_clock(error.headers)
            try:
                problem = json.loads(error.read(65536).decode())
            except ValueError:
                problem = {}
            detail = problem.get('detail', 'The deployment answered %d.' % error.code)
            raise Refused(error.code, problem.get('code', ''), ('%s %s' % (detail, problem.get('try', ''))).strip())

    def set_clock(self, headers):
        try:
            self.offset = email.utils.parsedate_to_datetime(headers['Date']).timestamp() - time.time()
        except (TypeError, ValueError):
            pass

    def enrol(self, address, code):
        body = {'code': code, 'publicKey': self.make_key(), 'agent': VERSION}
        said = self.send('POST', '/api/agent/enrolment', 'enrol', body, self.next_key, address)
        with open(os.path.join(self.etc, 'config.json'), 'w') as file:
            json.dump({'address': address}, file)
        os.replace(self.next_key, self.key)
        return said

    def rotate(self):
        """A key made before and not known to have arrived is sent again."""
        known = os.path.exists(self.next_key)
        public = base64.b64encode(self.public(self.next_key)).decode() if known else self.make_key()
        self.send('POST', '/api/agent/key', 'rotate', {'publicKey': public})
        os.replace(self.next_key, self.key)


def check_address(address):
    parts = urlsplit(address)
    on_this_machine = parts.scheme == 'http' and parts.hostname in ('127.0.0.1', 'localhost', '::1')
    if parts.scheme != 'https' and not on_this_machine:
        raise RuntimeError('The address %r is not one that reports can be sent to: expected https://…' % address)


class LastWords:
    """Shows on the machine that it is about to be stopped, and lets the owner's scripts run before."""

    def __init__(self, root, deployment):
        self.root, self.deployment = root, deployment

    def hear(self, warning):
        told = self.deployment.state.get('warning')
        if not warning:
            if told:
                if told['due'] > time.time():
                    self.show('Lamplighter: this machine is not stopped after all.')
                self.deployment.remember(warning=None)
            return
        if not told or told['id'] != warning['id']:
            told = {'id': warning['id'], 'due': time.time() + warning['stopInSeconds'], 'ran': False}
            minutes = max(1, round(warning['stopInSeconds'] / 60))
            self.show('Lamplighter: %s It is stopped in about %d min.' % (warning['sentence'], minutes))
        run = not told['ran'] and warning['stopInSeconds'] <= SCRIPTS_BEFORE_STOP_SECONDS
        self.deployment.remember(warning=dict(told, ran=told['ran'] or run))
        if run:
            # Beside the reports: a minute without one would look like a machine that nobody sees.
            threading.Thread(target=self.run_scripts, args=(warning['stopInSeconds'],), daemon=True).start()

    def show(self, text):
        """On every terminal, Jupyter's and the editors' too, which `wall` does not know."""
        line = ''.join(letter if letter.isprintable() else ' ' for letter in text)[:1000]
        for file in glob.glob(os.path.join(self.root, 'dev/pts/[0-9]*')):
            try:
                terminal = os.open(file, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
                try:
                    os.write(terminal, ('\r\n%s\r\n' % line).encode())
                finally:
                    os.close(terminal)
            except OSError:
                continue

    def run_scripts(self, seconds):
        for file in sorted(glob.glob(os.path.join(self.root, 'etc/lamplighter-agent/before-stop.d/*'))):
            facts = os.stat(file)
            # Whoever may write the file acts as root by it, so that may be root alone.
            safe = facts.st_uid == os.geteuid() and not facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
            if not (safe and stat.S_ISREG(facts.st_mode) and facts.st_mode & stat.S_IXUSR):
                continue
            environment = dict(os.environ, LAMPLIGHTER_STOP_IN_SECONDS=str(int(seconds)))
            nowhere = dict.fromkeys(('stdin', 'stdout', 'stderr'), subprocess.DEVNULL)
            try:
                running = subprocess.Popen([file], env=environment, start_new_session=True, **nowhere)
            except OSError:
                continue
            try:
                running.wait(timeout=SCRIPT_TIME_LIMIT_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(running.pid, signal.SIGKILL)
                running.wait()


def told(settings):
    """The deployment's settings where they are numbers of a credible size, else what was set before."""
    limits = {
        'everySeconds': (30, 3600),
        'cpuCoresBelow': (0.001, 1000),
        'gpuBelow': (0.1, 100),
        'staleAfterSeconds': (60, 31_536_000),
    }
    kept = dict(DEFAULTS)
    for name, (least, most) in limits.items():
        value = (settings or {}).get(name)
        if isinstance(value, (int, float)) and least <= value <= most:
            kept[name] = value
    return kept


def run(machine, deployment, last_words, period=None):
    settings, complaint = dict(DEFAULTS), None
    # A fleet does not speak at once: each machine has its own second of the minute, always the same.
    phase = 5 + int(hashlib.sha256(deployment.public(deployment.key)).hexdigest()[:8], 16) % 45
    machine.look()
    while True:
        every = period or settings['everySeconds']
        wait = every - (time.time() - phase) % every + random.uniform(0, min(3, every / 20))
        time.sleep(wait)
        pause = 0
        try:
            said = deployment.send('POST', '/api/reports', 'report', machine.report(settings))
            settings = told(said.get('settings'))
            last_words.hear(said.get('warning'))
            if said.get('rotateKey'):
                deployment.rotate()
            now = None
        except Refused as refused:
            now = str(refused)
            if refused.code == 'agent.unknown':
                pause = 15 * 60  # removed there, not here: asking more often helps nobody
        except Exception as error:
            now = '%s: %s' % (type(error).__name__, error)
        if now != complaint:
            print(now or 'Reports arrive again.', file=sys.stderr, flush=True)
            complaint = now
        time.sleep(pause)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('command', choices=['run', 'show', 'enrol', 'leave'])
    parser.add_argument('--address', default='', help='https address of the deployment')
    parser.add_argument('--seconds', type=float, default=10, help='how long show looks')
    parser.add_argument('--cores', type=float, default=DEFAULTS['cpuCoresBelow'], help='what show calls busy')
    parser.add_argument('--period', type=float, help=argparse.SUPPRESS)
    parser.add_argument('--root', default='/', help=argparse.SUPPRESS)
    given = parser.parse_args()
    deployment = Deployment(given.root)
    try:
        if given.command == 'enrol':
            said = deployment.enrol(given.address.rstrip('/'), os.environ.get('LAMPLIGHTER_CODE', ''))
            print('This machine now reports as %s in workspace %s.' % (said['compute'], said['workspace']))
        elif given.command == 'leave':
            deployment.send('DELETE', '/api/agent/enrolment', 'leave', None)
        else:
            machine = Machine(given.root)
            if given.command == 'run':
                run(machine, deployment, LastWords(given.root, deployment), given.period)
            machine.look()
            time.sleep(given.seconds)
            print(json.dumps(machine.report(dict(DEFAULTS, cpuCoresBelow=given.cores)), indent=2))
    except (Refused, RuntimeError, OSError, subprocess.SubprocessError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
