/**
 * The systemd unit.
 *
 * @module
 */

import { BINARY } from "./places.ts";

/** The first line of a unit that belongs to `setup`. */
export const UNIT_HEADER =
  "# Made by `linprov setup`, replaced by `linprov upgrade`. Change it with `systemctl edit linprov`,";

/** The unit. */
export const UNIT_TEXT = `${UNIT_HEADER}
# which both leave alone. Without the first line they leave this file alone, too.

[Unit]
Description=linprov, a mark of the web for Linux
Documentation=man:linprov(8)
# The rescue: add linprov.mode=off to the kernel command line. The rescue and emergency targets
# don't start it either.
ConditionKernelCommandLine=!linprov.mode=off
# Early: as soon as its files can be read, before the network and before every ordinary service,
# so that nothing marked runs unseen at boot.
DefaultDependencies=no
RequiresMountsFor=/usr/local/bin /etc/linprov /var/lib/linprov /var/cache/linprov
After=local-fs.target
Before=sysinit.target network-pre.target
Wants=network-pre.target
Conflicts=shutdown.target
Before=shutdown.target
StartLimitIntervalSec=60
StartLimitBurst=5

[Service]
Type=notify
ExecStart=${BINARY} run
ExecReload=/bin/kill -HUP $MAINPID
TimeoutStartSec=90
TimeoutStopSec=30
# Fed as long as the worker that owns the kernel side answers. Verdicts don't wait for it, so
# there is no hurry.
WatchdogSec=60
Restart=on-failure
RestartSec=200ms
# A command line, a configuration or a host that can't be used stays so.
RestartPreventExitStatus=2 3 4
OOMScoreAdjust=-900
LimitCORE=0
UMask=0077
StateDirectory=linprov
StateDirectoryMode=0700
CacheDirectory=linprov
CacheDirectoryMode=0700
RuntimeDirectory=linprov

# SYS_ADMIN: attributes named security.*, and BPF, whose own capabilities it includes.
# DAC_READ_SEARCH: a marked file may lie in anybody's folder. CHOWN: the control socket's group.
# SYS_PTRACE: which mount namespace is PID 1's.
CapabilityBoundingSet=CAP_SYS_ADMIN CAP_DAC_READ_SEARCH CAP_CHOWN CAP_SYS_PTRACE
NoNewPrivileges=yes
# What isn't here: ProtectSystem, ProtectHome, PrivateTmp, PrivateDevices and ProtectKernelModules
# would hide or lock files that have to be marked; MemoryDenyWriteExecute forbids the runtime's
# compiler; ProtectProc hides PID 1. Mounts that appear later reach this mount namespace, too.
# Instead of ProtectKernelTunables, which locks the BPF filesystem as well: what outlives the
# daemon is pinned there.
ReadOnlyPaths=/sys -/proc/sys -/proc/sysrq-trigger -/proc/irq -/proc/fs -/proc/acpi
ReadWritePaths=-/sys/fs/bpf
ProtectControlGroups=yes
ProtectKernelLogs=yes
ProtectClock=yes
ProtectHostname=yes
LockPersonality=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_UNIX
IPAddressDeny=any
DevicePolicy=closed
KeyringMode=private
SystemCallArchitectures=native
# open_by_handle_at: a file of which only the inode is known. perf_event_open: a program on a
# function of the kernel.
SystemCallFilter=@system-service bpf open_by_handle_at perf_event_open
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
`;
