#!/bin/sh
# A Slurm of one node in a folder of its own, for tests: munged, slurmctld and slurmd as the calling user (root).
#   slurm_node.sh start FOLDER   prints nothing and leaves FOLDER/slurm.conf; fails with a message when it cannot start
#   slurm_node.sh stop FOLDER    ends the three daemons it started, by their process ids
set -eu
action=$1
home=$2

stop() {
    for name in slurmd slurmctld munged; do
        if [ -s "$home/$name.pid" ]; then
            kill "$(cat "$home/$name.pid")" 2>/dev/null || true
        fi
    done
}

if [ "$action" = stop ]; then
    stop
    exit 0
fi

for program in munged slurmctld slurmd sbatch sinfo; do
    PATH="$PATH:/usr/sbin" command -v "$program" >/dev/null || { echo "$program is not installed (Debian: apt-get install slurm-wlm)" >&2; exit 1; }
done
PATH="$PATH:/usr/sbin"
[ "$(id -u)" = 0 ] || { echo "slurmd needs root to start jobs" >&2; exit 1; }

mkdir -p "$home/state" "$home/spool"
chmod 755 "$home"
dd if=/dev/urandom of="$home/munge.key" bs=1024 count=1 2>/dev/null
chmod 600 "$home/munge.key"
cat >"$home/slurm.conf" <<EOF
ClusterName=caseload
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmctldPort=26817
SlurmdPort=26818
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$home/munge.socket
CredType=cred/munge
StateSaveLocation=$home/state
SlurmdSpoolDir=$home/spool
SlurmctldPidFile=$home/slurmctld.pid
SlurmdPidFile=$home/slurmd.pid
SlurmctldLogFile=$home/slurmctld.log
SlurmdLogFile=$home/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=none
ReturnToService=2
SchedulerParameters=sched_interval=2,batch_sched_delay=0
NodeName=$(hostname -s) NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=${SLURM_NODE_MEMORY:-2000} State=UNKNOWN
PartitionName=debug Nodes=ALL Default=YES MaxTime=INFINITE State=UP
EOF
printf 'CgroupPlugin=autodetect\nCgroupAutomount=no\n' >"$home/cgroup.conf"
export SLURM_CONF="$home/slurm.conf"

munged --force --socket="$home/munge.socket" --key-file="$home/munge.key" --pid-file="$home/munged.pid" \
    --log-file="$home/munged.log" --seed-file="$home/munge.seed" >/dev/null 2>&1 || { echo "munged does not start: $(tail -n 1 "$home/munged.log")" >&2; exit 1; }
slurmctld -f "$home/slurm.conf" >/dev/null 2>&1 || { stop; echo "slurmctld does not start: $(tail -n 1 "$home/slurmctld.log")" >&2; exit 1; }
slurmd -f "$home/slurm.conf" >/dev/null 2>&1 || { reason=$(tail -n 1 "$home/slurmd.log"); stop; echo "slurmd does not start: $reason" >&2; exit 1; }

waited=0
until sinfo --noheader --format=%t 2>/dev/null | grep -q '^idle$'; do
    waited=$((waited + 1))
    if [ "$waited" -gt 30 ]; then
        stop
        echo "the node does not become idle: $(tail -n 1 "$home/slurmctld.log")" >&2
        exit 1
    fi
    sleep 1
done
