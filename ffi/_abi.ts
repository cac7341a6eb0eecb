/**
 * Sizes and offsets of the C structures that libbpf, the C library and the
 * kernel take from or give to us. Only the fields that are used stand here. A
 * test compiles an assertion for each number against the system's headers.
 */
export const abi = {
  bpf_object_open_opts: {
    header: "bpf/libbpf.h",
    size: 80,
    fields: { object_name: 8, kernel_log_buf: 56, kernel_log_size: 64, kernel_log_level: 72 },
  },
  bpf_map_create_opts: {
    header: "bpf/bpf.h",
    size: 48,
    fields: { map_flags: 28 },
  },
  bpf_map_batch_opts: {
    header: "bpf/bpf.h",
    size: 24,
    fields: { elem_flags: 8 },
  },
  bpf_test_run_opts: {
    header: "bpf/bpf.h",
    size: 80,
    fields: { ctx_in: 32, ctx_size_in: 48, retval: 56 },
  },
  bpf_map_info: {
    header: "linux/bpf.h",
    size: 88,
    fields: { type: 0, id: 4, key_size: 8, value_size: 12, max_entries: 16, name: 24 },
  },
  bpf_prog_info: {
    header: "linux/bpf.h",
    size: 232,
    fields: {
      id: 4,
      run_time_ns: 192,
      run_cnt: 200,
      recursion_misses: 208,
      verified_insns: 216,
    },
  },
  bpf_link_info: {
    header: "linux/bpf.h",
    // The structure grows with the kernel; what is used lies in this prefix.
    size: undefined,
    fields: { id: 4, prog_id: 8 },
  },
  flock: {
    header: "fcntl.h",
    size: 32,
    fields: { l_type: 0 },
  },
  statx: {
    header: "linux/stat.h",
    size: 256,
    fields: {
      stx_nlink: 16,
      stx_uid: 20,
      stx_gid: 24,
      stx_mode: 28,
      stx_ino: 32,
      stx_size: 40,
      stx_btime: 80,
      stx_ctime: 96,
      stx_mtime: 112,
      stx_dev_major: 136,
      stx_dev_minor: 140,
      stx_mnt_id: 144,
    },
  },
  statfs: {
    header: "sys/statfs.h",
    size: 120,
    fields: { f_type: 0, f_bsize: 8, f_blocks: 16, f_bavail: 32, f_flags: 80 },
  },
  ucred: {
    header: "sys/socket.h",
    size: 12,
    fields: { pid: 0, uid: 4, gid: 8 },
  },
  sockaddr_un: {
    header: "sys/un.h",
    size: 110,
    fields: { sun_family: 0, sun_path: 2 },
  },
} as const;
