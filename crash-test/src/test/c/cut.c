/* Skep, an MQTT broker. Apache-2.0; see LICENSE. */
/*
 * Preloaded into a process, this remembers what of one folder would be there after a power cut. The model:
 *
 *   - what is in a file survives when fsync or fdatasync of that file has returned after it was written;
 *   - a name (created, renamed, removed) survives when fsync of the folder it is in has returned;
 *   - nothing else is promised: sync_file_range is no promise.
 *
 * A sync of a file copies what was written since its last one to <shadow>/synced/<inode>; a sync of a folder writes the
 * list of its names to <shadow>/names/<inode>. Neither reaches the disk: a killed process leaves its writes to the
 * system, and PowerCut.java builds the folder anew from the shadow. So that an inode number means one file for ever,
 * each file has a second name in <shadow>/kept until no list mentions it.
 *
 * A write that is missed here shows as a loss that did not happen, never hides one that did.
 *
 *   POWER_CUT_FOLDER   the folder, an absolute path without links
 *   POWER_CUT_SHADOW   another on the same disk, with the folders synced, names and kept in it
 *   POWER_CUT_MICROS   how long a sync takes: meanwhile what is to be synced is lost by a cut
 *   POWER_CUT_FULL     while this file exists, the disk is full
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define SLOTS (1 << 16) /* of a hash table: more files than one process writes to */
#define CLEAN INT64_MAX

static char folder[PATH_MAX], shadow[PATH_MAX - 64], full[PATH_MAX];
static dev_t device;
static useconds_t sync_micros;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
    ino_t inode;
    int64_t dirty_from; /* 0 at first: another process may have written to the file */
} files[SLOTS];

static void fail(const char *what) {
    dprintf(2, "cut: %s failed: %s\n", what, strerror(errno));
    abort();
}

__attribute__((constructor)) static void begin(void) {
    struct stat st;
    const char *folder_name = getenv("POWER_CUT_FOLDER"), *shadow_name = getenv("POWER_CUT_SHADOW");
    if (folder_name == NULL || shadow_name == NULL || stat(folder_name, &st) != 0) {
        fail("finding POWER_CUT_FOLDER and POWER_CUT_SHADOW");
    }
    device = st.st_dev;
    snprintf(folder, sizeof folder, "%s", folder_name);
    snprintf(shadow, sizeof shadow, "%s", shadow_name);
    snprintf(full, sizeof full, "%s", getenv("POWER_CUT_FULL") ? getenv("POWER_CUT_FULL") : "");
    sync_micros = getenv("POWER_CUT_MICROS") ? (useconds_t)atoi(getenv("POWER_CUT_MICROS")) : 0;
}

/* From where on a file was written since its last sync. Under the lock. */
static int64_t *dirty_from(ino_t inode) {
    for (size_t i = 0; i < SLOTS; i++) {
        size_t slot = (inode + i) % SLOTS;
        if (files[slot].inode == 0) {
            files[slot].inode = inode;
        }
        if (files[slot].inode == inode) {
            return &files[slot].dirty_from;
        }
    }
    errno = ENOMEM;
    fail("remembering one file more");
    return NULL;
}

/* Whether the descriptor is the folder itself or a file of it. */
static int is_ours(int fd) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    size_t prefix = strlen(folder);
    return length >= (ssize_t)prefix && memcmp(path, folder, prefix) == 0
            && (length == (ssize_t)prefix || path[prefix] == '/');
}

static int is_file(int fd, struct stat *st) {
    int before = errno;
    int yes = fstat(fd, st) == 0 && S_ISREG(st->st_mode) && st->st_dev == device;
    errno = before;
    return yes;
}

/* Whether there is no room for what a process writes. */
static int is_full(int fd) {
    struct stat st;
    int before = errno;
    int yes = full[0] != 0 && is_file(fd, &st) && access(full, F_OK) == 0 && is_ours(fd);
    errno = yes ? ENOSPC : before;
    return yes;
}

/* After the write: a sync that began before it need not have seen it. */
static void written(int fd, int64_t from) {
    struct stat st;
    if (is_file(fd, &st)) {
        pthread_mutex_lock(&lock);
        int64_t *dirty = dirty_from(st.st_ino);
        *dirty = from < *dirty ? from : *dirty;
        pthread_mutex_unlock(&lock);
    }
}

/* Where the next write without a position begins, or lower. */
static int64_t position(int fd) {
    struct stat st;
    if (!is_file(fd, &st)) {
        return 0;
    }
    int64_t at = lseek(fd, 0, SEEK_CUR);
    return at < st.st_size ? at : st.st_size;
}

static int64_t lower(int fd, int64_t offset) {
    struct stat st;
    return is_file(fd, &st) && st.st_size < offset ? st.st_size : offset; /* a hole is written too */
}

static void keep(int folder_fd, const char *existing, int follow, ino_t inode) {
    char kept[PATH_MAX];
    snprintf(kept, sizeof kept, "%s/kept/%ju", shadow, (uintmax_t)inode);
    if (linkat(folder_fd, existing, AT_FDCWD, kept, follow) != 0 && errno != EEXIST && errno != ENOENT) {
        fail("keeping a file");
    }
}

static void copy(int from, int to, int64_t offset, int64_t end) {
    static char buffer[1 << 16]; /* under the lock */
    while (offset < end) {
        size_t wanted = end - offset < (int64_t)sizeof buffer ? (size_t)(end - offset) : sizeof buffer;
        ssize_t count = pread(from, buffer, wanted, offset);
        if (count < 0) {
            fail("reading what is to be synced");
        } else if (count == 0) {
            return; /* truncated meanwhile */
        }
        if (syscall(SYS_pwrite64, to, buffer, count, offset) != count) {
            fail("writing to the shadow");
        }
        offset += count;
    }
}

static void sync_file(int fd, const struct stat *st) {
    char link[64], synced[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    snprintf(synced, sizeof synced, "%s/synced/%ju", shadow, (uintmax_t)st->st_ino);
    int64_t *dirty = dirty_from(st->st_ino);
    int first = access(synced, F_OK) != 0;
    int64_t from = first ? 0 : *dirty;
    if (from < st->st_size || first) {
        int source = open(link, O_RDONLY | O_CLOEXEC);
        int target = open(synced, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        if (source < 0 || target < 0) {
            fail("opening the shadow of a file");
        }
        copy(source, target, from, st->st_size);
        close(source);
        close(target);
        keep(AT_FDCWD, link, AT_SYMLINK_FOLLOW, st->st_ino);
    }
    if (truncate(synced, st->st_size) != 0) {
        fail("truncating the shadow of a file");
    }
    *dirty = CLEAN;
}

/* Whether a list of names has this file. */
static int is_listed(ino_t inode) {
    char path[PATH_MAX], line[PATH_MAX];
    snprintf(path, sizeof path, "%s/names", shadow);
    int listed = 0;
    DIR *lists = opendir(path);
    if (lists == NULL) {
        fail("listing the lists of names");
    }
    for (struct dirent *entry = readdir(lists); entry != NULL && !listed; entry = readdir(lists)) {
        int fd = openat(dirfd(lists), entry->d_name, O_RDONLY | O_CLOEXEC);
        FILE *list = fd < 0 || entry->d_name[0] == '.' ? NULL : fdopen(fd, "r");
        while (list != NULL && !listed && fgets(line, sizeof line, list) != NULL) {
            listed = line[0] == 'f' && strtoumax(line + 2, NULL, 10) == (uintmax_t)inode;
        }
        if (list != NULL) {
            fclose(list);
        } else if (fd >= 0) {
            close(fd);
        }
    }
    closedir(lists);
    return listed;
}

/* Files that no folder and no list of names mentions any more. */
static void sweep(void) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/kept", shadow);
    DIR *kept = opendir(path);
    if (kept == NULL) {
        fail("listing what is kept");
    }
    for (struct dirent *entry = readdir(kept); entry != NULL; entry = readdir(kept)) {
        struct stat st;
        if (fstatat(dirfd(kept), entry->d_name, &st, 0) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1
                && !is_listed(st.st_ino)) {
            *dirty_from(st.st_ino) = 0;
            snprintf(path, sizeof path, "%s/synced/%ju", shadow, (uintmax_t)st.st_ino);
            unlink(path);
            unlinkat(dirfd(kept), entry->d_name, 0);
        }
    }
    closedir(kept);
}

static void sync_names(int fd, const struct stat *st) {
    char names[PATH_MAX], next[PATH_MAX + 8];
    snprintf(names, sizeof names, "%s/names/%ju", shadow, (uintmax_t)st->st_ino);
    snprintf(next, sizeof next, "%s/next", shadow);
    DIR *entries = fdopendir(openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    int list = open(next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (entries == NULL || list < 0) {
        fail("listing a folder");
    }
    for (struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
        struct stat its;
        if (entry->d_name[0] != '.' && fstatat(dirfd(entries), entry->d_name, &its, AT_SYMLINK_NOFOLLOW) == 0) {
            if (S_ISREG(its.st_mode)) {
                keep(dirfd(entries), entry->d_name, 0, its.st_ino);
            }
            if (S_ISREG(its.st_mode) || S_ISDIR(its.st_mode)) { /* nothing is kept in a socket */
                dprintf(list, "%c %ju %s\n", S_ISDIR(its.st_mode) ? 'd' : 'f', (uintmax_t)its.st_ino, entry->d_name);
            }
        }
    }
    closedir(entries);
    close(list);
    if (rename(next, names) != 0) {
        fail("replacing a list of names");
    }
    sweep();
}

static int sync_any(int fd, long call) {
    struct stat st;
    if (fstat(fd, &st) != 0 || st.st_dev != device || !is_ours(fd)) {
        return (int)syscall(call, fd);
    }
    if (sync_micros > 0) {
        usleep(sync_micros);
    }
    pthread_mutex_lock(&lock); /* until all is copied: another sync of this file must not return before */
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        sync_names(fd, &st);
    } else {
        sync_file(fd, &st);
    }
    pthread_mutex_unlock(&lock);
    return 0;
}

int fsync(int fd) {
    return sync_any(fd, SYS_fsync);
}

int fdatasync(int fd) {
    return sync_any(fd, SYS_fdatasync);
}

ssize_t write(int fd, const void *bytes, size_t count) {
    int64_t from = position(fd);
    ssize_t done = is_full(fd) ? -1 : syscall(SYS_write, fd, bytes, count);
    written(fd, from);
    return done;
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    int64_t from = position(fd);
    ssize_t done = is_full(fd) ? -1 : syscall(SYS_writev, fd, parts, count);
    written(fd, from);
    return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
    int64_t from = lower(fd, offset);
    ssize_t done = is_full(fd) ? -1 : syscall(SYS_pwrite64, fd, bytes, count, offset);
    written(fd, from);
    return done;
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off_t offset) __attribute__((alias("pwrite")));

int ftruncate(int fd, off_t length) {
    int64_t from = lower(fd, length);
    int done = (int)syscall(SYS_ftruncate, fd, length);
    written(fd, from);
    return done;
}

int ftruncate64(int fd, off_t length) __attribute__((alias("ftruncate")));

int fallocate(int fd, int mode, off_t offset, off_t length) {
    int64_t from = lower(fd, offset);
    int done = is_full(fd) ? -1 : (int)syscall(SYS_fallocate, fd, mode, offset, length);
    written(fd, from);
    return done;
}

int fallocate64(int fd, int mode, off_t offset, off_t length) __attribute__((alias("fallocate")));

/* What is written through memory cannot be seen here. */
void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset) {
    struct stat st;
    if (fd >= 0 && (protection & PROT_WRITE) && (flags & MAP_TYPE) != MAP_PRIVATE && device != 0 && is_file(fd, &st)
            && is_ours(fd)) {
        errno = ENOTSUP;
        fail("a writable mapping of a file whose writes have to be seen");
    }
    return (void *)syscall(SYS_mmap, address, length, protection, flags, fd, offset);
}

void *mmap64(void *address, size_t length, int protection, int flags, int fd, off_t offset)
        __attribute__((alias("mmap")));
