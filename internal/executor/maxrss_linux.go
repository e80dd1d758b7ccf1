package executor

// maxrssUnit is what getrusage counts in on Linux, in bytes.
const maxrssUnit = 1024
