/* Commits that are not synced, as with `PRAGMA synchronous = NORMAL`: the thread that
   writes the book does not sync its log. The one that makes checkpoints still has its
   way. Made for the control of a test, which must see it. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int is_log(int file) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path);
    return length > 4 && memcmp(path + length - 4, "-wal", 4) == 0;
}

int fdatasync(int file) {
    char thread[16] = "";
    prctl(PR_GET_NAME, thread, 0, 0, 0);
    if (strcmp(thread, "store-write") == 0 && is_log(file)) {
        return 0;
    }
    return (int)syscall(SYS_fdatasync, file);
}
