/* Preloaded into every process of a run, this counts the file operations that change a store, and spoils the n-th.
 *
 * Rule: only operations on paths below `root` count, and only while `armed`; all processes of a run share one counter, since
 * the control block is a file that each of them maps. What the block holds is written by tests/support/faults_shim.py.
 * Hazard: memory-mapped writes are not seen (SQLite's -shm; it is rebuilt after a crash and never trusted).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { NAME = 1, REMOVE = 2, DATA = 4, SYNC = 8 }; /* classes of operations; `mask` says which of them count */
enum { NOTHING = 0, KILL_BEFORE = 1, KILL_AFTER = 2, KILL_HALF = 3, FAIL = 4, SHORT = 5 };
enum { RECORDS = 16384, RECORD = 256 };

struct control {
    int32_t armed, kind, error, persistent, mask, injected;
    int64_t target, count, traced;
    char root[1024];
    char trace[RECORDS][RECORD];
};

static struct control *control;

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("FAULT_CONTROL");
    int file = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    void *mapped = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    syscall(SYS_close, file);
    if (mapped != MAP_FAILED)
        control = mapped;
}

#define REAL(name)                                                                                                            \
    static __typeof__(&name) real;                                                                                            \
    if (!real)                                                                                                                \
    real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static int below(const char *path)
{
    size_t length = strlen(control->root);
    return strncmp(path, control->root, length) == 0 && (path[length] == '/' || path[length] == 0);
}

static int of_descriptor(int file, char *path)
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    return below(path);
}

static int of_name(int folder, const char *name, char *path)
{
    if (name[0] == '/') {
        snprintf(path, PATH_MAX, "%s", name);
        return below(path);
    }
    char base[PATH_MAX];
    if (folder == AT_FDCWD) {
        if (!getcwd(base, sizeof base))
            return 0;
    } else if (!of_descriptor(folder, base)) {
        return 0;
    }
    if (snprintf(path, PATH_MAX, "%s/%s", base, name) >= PATH_MAX)
        return 0;
    return below(path);
}

static void die(void)
{
    syscall(SYS_kill, (pid_t)syscall(SYS_getpid), SIGKILL);
    for (;;)
        pause();
}

/* Count one operation; returns what is to be done to it. FAIL leaves the error in errno, KILL_BEFORE does not return. */
static int step(int class, const char *what, const char *path, long long size)
{
    int kind = NOTHING;
    int64_t n = 0;
    if (control->mask & class) {
        n = __atomic_add_fetch(&control->count, 1, __ATOMIC_SEQ_CST);
        if (n == control->target)
            kind = control->kind;
        else if (n > control->target && control->target > 0 && control->persistent)
            kind = FAIL;
    }
    int64_t at = __atomic_fetch_add(&control->traced, 1, __ATOMIC_SEQ_CST);
    if (at < RECORDS)
        snprintf(control->trace[at], RECORD, "%s%lld\t%d\t%s\t%lld\t%s", kind ? "!" : "", (long long)n,
                 (int)syscall(SYS_getpid), what, size, path + strlen(control->root));
    if (kind) {
        __atomic_add_fetch(&control->injected, 1, __ATOMIC_SEQ_CST);
        if (kind == KILL_BEFORE)
            die();
        if (kind == FAIL)
            errno = control->error;
    }
    return kind;
}

static void after(int kind)
{
    if (kind == KILL_AFTER || kind == KILL_HALF)
        die();
}

#define ON_NAME(class, what, folder, name)                                                                                    \
    char path_[PATH_MAX];                                                                                                     \
    int kind = control && control->armed && of_name(folder, name, path_) ? step(class, what, path_, 0) : NOTHING;   \
    if (kind == FAIL)                                                                                                         \
    return -1

#define ON_FILE(class, what, file, size)                                                                                      \
    char path_[PATH_MAX];                                                                                                     \
    int kind = control && control->armed && of_descriptor(file, path_) ? step(class, what, path_, (long long)(size)) : NOTHING; \
    if (kind == FAIL)                                                                                                         \
    return -1

#define DONE(call)                                                                                                            \
    __auto_type result = (call);                                                                                              \
    after(kind);                                                                                                              \
    return result

/* --- opening for writing --------------------------------------------------------------------------------------------- */

static int changes(int flags)
{
    return (flags & O_ACCMODE) != O_RDONLY || (flags & (O_CREAT | O_TRUNC));
}

static int open_at(const char *what, int folder, const char *name, int flags, mode_t mode)
{
    if (!changes(flags))
        return (int)syscall(SYS_openat, folder, name, flags, mode);
    ON_NAME(NAME, what, folder, name);
    DONE((int)syscall(SYS_openat, folder, name, flags, mode));
}

#define MODE(flags)                                                                                                           \
    mode_t mode = 0;                                                                                                          \
    if ((flags) & (O_CREAT | O_TMPFILE)) {                                                                                    \
        va_list rest;                                                                                                         \
        va_start(rest, flags);                                                                                                \
        mode = (mode_t)va_arg(rest, int);                                                                                     \
        va_end(rest);                                                                                                         \
    }

int open(const char *name, int flags, ...)
{
    MODE(flags);
    return open_at("open", AT_FDCWD, name, flags, mode);
}

int open64(const char *name, int flags, ...)
{
    MODE(flags);
    return open_at("open", AT_FDCWD, name, flags, mode);
}

int openat(int folder, const char *name, int flags, ...)
{
    MODE(flags);
    return open_at("openat", folder, name, flags, mode);
}

int openat64(int folder, const char *name, int flags, ...)
{
    MODE(flags);
    return open_at("openat", folder, name, flags, mode);
}

int __open_2(const char *name, int flags) { return open_at("open", AT_FDCWD, name, flags, 0); }
int __open64_2(const char *name, int flags) { return open_at("open", AT_FDCWD, name, flags, 0); }
int __openat_2(int folder, const char *name, int flags) { return open_at("openat", folder, name, flags, 0); }
int __openat64_2(int folder, const char *name, int flags) { return open_at("openat", folder, name, flags, 0); }
int creat(const char *name, mode_t mode) { return open_at("creat", AT_FDCWD, name, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *name, mode_t mode) { return open_at("creat", AT_FDCWD, name, O_CREAT | O_WRONLY | O_TRUNC, mode); }

/* --- data ------------------------------------------------------------------------------------------------------------ */

static size_t part(int kind, size_t size) { return kind == KILL_HALF || kind == SHORT ? size / 2 : size; }

ssize_t write(int file, const void *data, size_t size)
{
    REAL(write);
    ON_FILE(DATA, "write", file, size);
    DONE(real(file, data, part(kind, size)));
}

ssize_t pwrite(int file, const void *data, size_t size, off_t at)
{
    REAL(pwrite);
    ON_FILE(DATA, "pwrite", file, size);
    DONE(real(file, data, part(kind, size), at));
}

ssize_t pwrite64(int file, const void *data, size_t size, off64_t at)
{
    REAL(pwrite64);
    ON_FILE(DATA, "pwrite", file, size);
    DONE(real(file, data, part(kind, size), at));
}

static long long sum(const struct iovec *pieces, int count)
{
    long long total = 0;
    for (int i = 0; i < count; i++)
        total += (long long)pieces[i].iov_len;
    return total;
}

/* Of a vector, half is the first half of the first piece: a legal short result. */
ssize_t writev(int file, const struct iovec *pieces, int count)
{
    REAL(writev);
    ON_FILE(DATA, "writev", file, sum(pieces, count));
    struct iovec one = count ? pieces[0] : (struct iovec){0};
    int half = kind == KILL_HALF || kind == SHORT;
    one.iov_len = part(kind, one.iov_len);
    DONE(half ? real(file, &one, 1) : real(file, pieces, count));
}

ssize_t pwritev(int file, const struct iovec *pieces, int count, off_t at)
{
    REAL(pwritev);
    ON_FILE(DATA, "pwritev", file, sum(pieces, count));
    struct iovec one = count ? pieces[0] : (struct iovec){0};
    int half = kind == KILL_HALF || kind == SHORT;
    one.iov_len = part(kind, one.iov_len);
    DONE(half ? real(file, &one, 1, at) : real(file, pieces, count, at));
}

ssize_t pwritev64(int file, const struct iovec *pieces, int count, off64_t at) { return pwritev(file, pieces, count, at); }

ssize_t sendfile(int file, int from, off_t *at, size_t size)
{
    REAL(sendfile);
    ON_FILE(DATA, "sendfile", file, size);
    DONE(real(file, from, at, part(kind, size > 4096 && kind ? 4096 : size)));
}

ssize_t sendfile64(int file, int from, off64_t *at, size_t size) { return sendfile(file, from, at, size); }

ssize_t copy_file_range(int from, off64_t *from_at, int file, off64_t *at, size_t size, unsigned flags)
{
    REAL(copy_file_range);
    ON_FILE(DATA, "copy_file_range", file, size);
    DONE(real(from, from_at, file, at, part(kind, size > 4096 && kind ? 4096 : size), flags));
}

int ftruncate(int file, off_t size)
{
    REAL(ftruncate);
    ON_FILE(DATA, "ftruncate", file, size);
    DONE(real(file, size));
}

int ftruncate64(int file, off64_t size)
{
    REAL(ftruncate64);
    ON_FILE(DATA, "ftruncate", file, size);
    DONE(real(file, size));
}

int truncate(const char *name, off_t size)
{
    REAL(truncate);
    ON_NAME(DATA, "truncate", AT_FDCWD, name);
    DONE(real(name, size));
}

int truncate64(const char *name, off64_t size) { return truncate(name, size); }

int fallocate(int file, int mode, off_t at, off_t size)
{
    REAL(fallocate);
    ON_FILE(DATA, "fallocate", file, size);
    DONE(real(file, mode, at, size));
}

int fallocate64(int file, int mode, off64_t at, off64_t size) { return fallocate(file, mode, at, size); }

int posix_fallocate(int file, off_t at, off_t size) /* returns its error instead of setting errno */
{
    REAL(posix_fallocate);
    char path[PATH_MAX];
    int kind = control && control->armed && of_descriptor(file, path) ? step(DATA, "posix_fallocate", path, size) : NOTHING;
    if (kind == FAIL)
        return control->error;
    DONE(real(file, at, size));
}

int posix_fallocate64(int file, off64_t at, off64_t size) { return posix_fallocate(file, at, size); }

/* --- making durable -------------------------------------------------------------------------------------------------- */

int fsync(int file)
{
    REAL(fsync);
    ON_FILE(SYNC, "fsync", file, 0);
    DONE(real(file));
}

int fdatasync(int file)
{
    REAL(fdatasync);
    ON_FILE(SYNC, "fdatasync", file, 0);
    DONE(real(file));
}

/* --- names ----------------------------------------------------------------------------------------------------------- */

int renameat2(int old_folder, const char *old, int folder, const char *name, unsigned flags)
{
    char from[PATH_MAX];
    if (control && control->armed && of_name(folder, name, from) && of_name(old_folder, old, from)) {
        char both[2 * PATH_MAX];
        char to[PATH_MAX];
        of_name(folder, name, to);
        snprintf(both, sizeof both, "%s > %s", from, to + strlen(control->root));
        int kind = step(NAME, "rename", both, 0);
        if (kind == FAIL)
            return -1;
        DONE((int)syscall(SYS_renameat2, old_folder, old, folder, name, flags));
    }
    return (int)syscall(SYS_renameat2, old_folder, old, folder, name, flags);
}

int rename(const char *old, const char *name) { return renameat2(AT_FDCWD, old, AT_FDCWD, name, 0); }

int renameat(int old_folder, const char *old, int folder, const char *name)
{
    return renameat2(old_folder, old, folder, name, 0);
}

int link(const char *old, const char *name)
{
    REAL(link);
    ON_NAME(NAME, "link", AT_FDCWD, name);
    DONE(real(old, name));
}

int linkat(int old_folder, const char *old, int folder, const char *name, int flags)
{
    REAL(linkat);
    ON_NAME(NAME, "link", folder, name);
    DONE(real(old_folder, old, folder, name, flags));
}

int symlink(const char *target, const char *name)
{
    REAL(symlink);
    ON_NAME(NAME, "symlink", AT_FDCWD, name);
    DONE(real(target, name));
}

int mkdir(const char *name, mode_t mode)
{
    REAL(mkdir);
    ON_NAME(NAME, "mkdir", AT_FDCWD, name);
    DONE(real(name, mode));
}

int mkdirat(int folder, const char *name, mode_t mode)
{
    REAL(mkdirat);
    ON_NAME(NAME, "mkdir", folder, name);
    DONE(real(folder, name, mode));
}

int unlink(const char *name)
{
    REAL(unlink);
    ON_NAME(REMOVE, "unlink", AT_FDCWD, name);
    DONE(real(name));
}

int unlinkat(int folder, const char *name, int flags)
{
    REAL(unlinkat);
    ON_NAME(REMOVE, flags & AT_REMOVEDIR ? "rmdir" : "unlink", folder, name);
    DONE(real(folder, name, flags));
}

int rmdir(const char *name)
{
    REAL(rmdir);
    ON_NAME(REMOVE, "rmdir", AT_FDCWD, name);
    DONE(real(name));
}

int remove(const char *name)
{
    REAL(remove);
    ON_NAME(REMOVE, "remove", AT_FDCWD, name);
    DONE(real(name));
}
