/* A disk that fails and a clock that jumps, for one process and below one folder; preloaded by faults.py.

   FAULTS_FOLDER is the folder whose files are meant, FAULTS_CONTROL a file of four 64-bit numbers that is shared with
   whoever decides: nothing of the machine itself is touched. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct control {
    int64_t clock;     /* seconds that the wall clock is ahead */
    int64_t room;      /* bytes that the disk can still take; below 0: no end of them */
    int64_t read_only; /* 1: nothing can be written or opened for writing */
    int64_t denied;    /* calls that failed for it, or wrote less than they were to */
};

#define DESCRIPTORS 65536

static struct control nothing = {0, -1, 0, 0};
static struct control *control = &nothing;
static const char *folder = "";
static size_t folder_length;
static char below[DESCRIPTORS]; /* descriptors that were opened below the folder */

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void)
{
    const char *shared = getenv("FAULTS_CONTROL"), *where = getenv("FAULTS_FOLDER");
    if (!shared || !where) return;
    int handle = open(shared, O_RDWR | O_CLOEXEC);
    if (handle < 0) return;
    void *found = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, handle, 0);
    close(handle);
    if (found == MAP_FAILED) return;
    control = found;
    folder = where;
    folder_length = strlen(where);
}

static int meant(const char *path)
{
    return folder_length && path && strncmp(path, folder, folder_length) == 0;
}

static int tracked(int handle)
{
    return handle >= 0 && handle < DESCRIPTORS && below[handle];
}

static int deny(int reason)
{
    __atomic_add_fetch(&control->denied, 1, __ATOMIC_SEQ_CST);
    errno = reason;
    return -1;
}

/* How many of `wanted` bytes can be written; -1 with errno where it is none. Takes them from the room that is left. */
static ssize_t granted(size_t wanted)
{
    if (control->read_only) return deny(EROFS);
    int64_t room = __atomic_load_n(&control->room, __ATOMIC_SEQ_CST);
    for (;;) {
        if (room < 0) return (ssize_t)wanted;
        int64_t taken = room < (int64_t)wanted ? room : (int64_t)wanted;
        if (wanted && !taken) return deny(ENOSPC);
        if (__atomic_compare_exchange_n(&control->room, &room, room - taken, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
            if (taken < (int64_t)wanted) deny(0);
            return (ssize_t)taken;
        }
    }
}

/* ------------------------------------------------------------------------------------------------ writing */

ssize_t write(int handle, const void *bytes, size_t count)
{
    REAL(write);
    if (!tracked(handle)) return real(handle, bytes, count);
    ssize_t some = granted(count);
    return some < 0 ? -1 : real(handle, bytes, (size_t)some);
}

#define PWRITE(name, offset_type) \
    ssize_t name(int handle, const void *bytes, size_t count, offset_type at) \
    { \
        REAL(name); \
        if (!tracked(handle)) return real(handle, bytes, count, at); \
        ssize_t some = granted(count); \
        return some < 0 ? -1 : real(handle, bytes, (size_t)some, at); \
    }

PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

static ssize_t granted_parts(const struct iovec *parts, int count)
{
    size_t whole = 0;
    for (int part = 0; part < count; part++) whole += parts[part].iov_len;
    ssize_t some = granted(whole);
    if (some >= 0 && (size_t)some < whole) return deny(ENOSPC); /* a short one is not worth cutting the parts for */
    return some;
}

ssize_t writev(int handle, const struct iovec *parts, int count)
{
    REAL(writev);
    if (tracked(handle) && granted_parts(parts, count) < 0) return -1;
    return real(handle, parts, count);
}

#define PWRITEV(name, offset_type) \
    ssize_t name(int handle, const struct iovec *parts, int count, offset_type at) \
    { \
        REAL(name); \
        if (tracked(handle) && granted_parts(parts, count) < 0) return -1; \
        return real(handle, parts, count, at); \
    }

PWRITEV(pwritev, off_t)
PWRITEV(pwritev64, off64_t)

static int grown(int handle, int64_t size)
{
    struct stat now;
    int64_t more = fstat(handle, &now) == 0 && size > now.st_size ? size - now.st_size : 0;
    ssize_t some = granted((size_t)more);
    if (some < 0) return -1;
    return some < more ? deny(ENOSPC) : 0;
}

#define FTRUNCATE(name, offset_type) \
    int name(int handle, offset_type size) \
    { \
        REAL(name); \
        if (tracked(handle) && grown(handle, size) < 0) return -1; \
        return real(handle, size); \
    }

FTRUNCATE(ftruncate, off_t)
FTRUNCATE(ftruncate64, off64_t)

#define FALLOCATE(name, offset_type) \
    int name(int handle, int mode, offset_type at, offset_type size) \
    { \
        REAL(name); \
        if (tracked(handle) && grown(handle, at + size) < 0) return -1; \
        return real(handle, mode, at, size); \
    }

FALLOCATE(fallocate, off_t)
FALLOCATE(fallocate64, off64_t)

#define POSIX_FALLOCATE(name, offset_type) \
    int name(int handle, offset_type at, offset_type size) \
    { \
        REAL(name); \
        if (tracked(handle) && grown(handle, at + size) < 0) return errno; \
        return real(handle, at, size); \
    }

POSIX_FALLOCATE(posix_fallocate, off_t)
POSIX_FALLOCATE(posix_fallocate64, off64_t)

/* ------------------------------------------------------------------------------------------------ opening */

static int forbidden(const char *path, int flags)
{
    if (!meant(path) || !control->read_only) return 0;
    if ((flags & O_ACCMODE) != O_RDONLY || flags & O_TRUNC) return 1;
    return flags & O_CREAT && faccessat(AT_FDCWD, path, F_OK, 0) != 0;
}

static int opened(const char *path, int handle)
{
    if (handle >= 0 && handle < DESCRIPTORS) below[handle] = (char)meant(path);
    return handle;
}

static mode_t mode_of(int flags, va_list arguments)
{
    return flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(arguments, mode_t) : 0;
}

#define OPEN(name) \
    int name(const char *path, int flags, ...) \
    { \
        REAL(name); \
        va_list arguments; \
        va_start(arguments, flags); \
        mode_t mode = mode_of(flags, arguments); \
        va_end(arguments); \
        return forbidden(path, flags) ? deny(EROFS) : opened(path, real(path, flags, mode)); \
    }

OPEN(open)
OPEN(open64)

#define OPENAT(name) \
    int name(int where, const char *path, int flags, ...) \
    { \
        REAL(name); \
        va_list arguments; \
        va_start(arguments, flags); \
        mode_t mode = mode_of(flags, arguments); \
        va_end(arguments); \
        return forbidden(path, flags) ? deny(EROFS) : opened(path, real(where, path, flags, mode)); \
    }

OPENAT(openat)
OPENAT(openat64)

int close(int handle)
{
    REAL(close);
    if (handle >= 0 && handle < DESCRIPTORS) below[handle] = 0;
    return real(handle);
}

int access(const char *path, int mode)
{
    REAL(access);
    return meant(path) && control->read_only && mode & W_OK ? deny(EROFS) : real(path, mode);
}

/* ------------------------------------------------------------------------------------------------ names */

int mkdir(const char *path, mode_t mode)
{
    REAL(mkdir);
    if (meant(path) && control->read_only) return deny(EROFS);
    if (meant(path) && !control->room) return deny(ENOSPC);
    return real(path, mode);
}

#define NAME(name) \
    int name(const char *path) \
    { \
        REAL(name); \
        return meant(path) && control->read_only ? deny(EROFS) : real(path); \
    }

NAME(unlink)
NAME(rmdir)

int rename(const char *from, const char *to)
{
    REAL(rename);
    return (meant(from) || meant(to)) && control->read_only ? deny(EROFS) : real(from, to);
}

int chmod(const char *path, mode_t mode)
{
    REAL(chmod);
    return meant(path) && control->read_only ? deny(EROFS) : real(path, mode);
}

/* ------------------------------------------------------------------------------------------------ the clock */

int clock_gettime(clockid_t clock, struct timespec *now)
{
    REAL(clock_gettime);
    int failed = real(clock, now);
    if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += control->clock;
    return failed;
}

int gettimeofday(struct timeval *now, void *zone)
{
    REAL(gettimeofday);
    int failed = real(now, zone);
    if (!failed) now->tv_sec += control->clock;
    return failed;
}

time_t time(time_t *now)
{
    struct timespec found;
    clock_gettime(CLOCK_REALTIME, &found);
    if (now) *now = found.tv_sec;
    return found.tv_sec;
}
