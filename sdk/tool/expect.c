/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kaal expect: runs a program in its own process group, reads its console
 * line by line and gives the verdict. Whatever happens, it ends by its
 * deadline and leaves no process of that group behind.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tool.h"

#define MAX_PATTERNS    64
#define MAX_LINE        4096
#define TAIL_LINES      25
#define IDLE_MS         200  /* after so long a line without its end is matched too */
#define TWIN_SETTLE_MS  1000 /* a twin's fault has shown: does the verdict come all the same? */
#define ALWAYS_REJECTED "KERNEL PANIC|LOADER ERROR"

static const char help[] =
    "usage: kaal expect [options] -- program [argument...]\n\n"
    "Runs the program without input until its output shows the verdict, then ends it.\n\n"
    "  --expect RE     a line must match (POSIX extended); may be repeated\n"
    "  --in-order      the expected lines come in the order given\n"
    "  --reject RE     no line may match; may be repeated\n"
    "  --allow-reject  do not reject \"" ALWAYS_REJECTED "\" by itself\n"
    "  --exit          after the verdict the program has to end by itself, status 0\n"
    "  --twin RE       the run has to fail, and a line has to match RE\n"
    "  --timeout S     seconds, default 30\n"
    "  --log FILE      keep the output\n"
    "  --quiet         do not repeat the output\n\n"
    "Exit status: 0 all expected lines came; 1 not (the reason is said); 2 wrong usage.\n";

struct pattern {
    const char *text;
    regex_t regex;
    bool seen;
};

struct run {
    struct pattern expect[MAX_PATTERNS], reject[MAX_PATTERNS], twin;
    unsigned expect_count, reject_count;
    bool in_order, has_twin, quiet, needs_exit;
    int timeout;
    int64_t deadline; /* of all of it, by now_ms() */
    FILE *log;
    char line[MAX_LINE]; /* what has come of the current line */
    size_t length;
    bool partial_matched; /* the current line, without its end, was matched already */
    char *tail[TAIL_LINES];
    unsigned long lines;
    char rejected[256];
};

/* For the signal handler. */
static volatile sig_atomic_t group;

static void on_signal(int number)
{
    static const char late[] = "\nkaal expect: stopped by a signal\n";
    if (group > 0) {
        kill(-(pid_t)group, SIGKILL);
    }
    ssize_t ignored = write(STDERR_FILENO, late, sizeof(late) - 1);
    (void)ignored;
    _exit(number == SIGALRM ? 1 : 128 + number);
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool add_pattern(struct pattern *p, const char *text)
{
    p->text = text;
    int code = regcomp(&p->regex, text, REG_EXTENDED | REG_NOSUB);
    if (code != 0) {
        char why[200];
        regerror(code, &p->regex, why, sizeof(why));
        fprintf(stderr, "kaal expect: '%s' is not a regular expression: %s\n", text, why);
        return false;
    }
    return true;
}

static bool matches(const struct pattern *p, const char *line)
{
    return regexec(&p->regex, line, 0, NULL, 0) == 0;
}

static void match_line(struct run *r)
{
    r->line[r->length] = '\0';
    for (unsigned i = 0; i < r->reject_count; i++) {
        if (r->rejected[0] == '\0' && matches(&r->reject[i], r->line)) {
            snprintf(r->rejected, sizeof(r->rejected), "%s", r->reject[i].text);
        }
    }
    if (r->has_twin && matches(&r->twin, r->line)) {
        r->twin.seen = true;
    }
    for (unsigned i = 0; i < r->expect_count; i++) {
        if (!r->expect[i].seen && matches(&r->expect[i], r->line)) {
            r->expect[i].seen = true;
            if (r->in_order) {
                break; /* one line is one step */
            }
        }
        if (r->in_order && !r->expect[i].seen) {
            break;
        }
    }
}

static void end_line(struct run *r)
{
    match_line(r);
    char **slot = &r->tail[r->lines++ % TAIL_LINES];
    free(*slot);
    *slot = xstrndup(r->line, r->length);
    r->length = 0;
    r->partial_matched = false;
}

static void take(struct run *r, const char *data, size_t size)
{
    if (!r->quiet) {
        fwrite(data, 1, size, stdout);
        fflush(stdout);
    }
    if (r->log != NULL) {
        fwrite(data, 1, size, r->log);
        fflush(r->log);
    }
    for (size_t i = 0; i < size; i++) {
        char c = data[i];
        if (c == '\n') {
            end_line(r);
        } else if (c != '\r') {
            r->line[r->length++] = c == '\0' ? '?' : c;
            if (r->length == MAX_LINE - 1) {
                end_line(r);
            }
        }
    }
}

static bool all_seen(const struct run *r)
{
    for (unsigned i = 0; i < r->expect_count; i++) {
        if (!r->expect[i].seen) {
            return false;
        }
    }
    return true;
}

/* Starts the program; *out is the read end of its output. */
static pid_t start(char **argv, int *out)
{
    int output[2], failed[2];
    if (pipe(output) != 0 || pipe(failed) != 0) {
        perror("kaal expect: pipe");
        return -1;
    }
    fcntl(failed[1], F_SETFD, FD_CLOEXEC);
    fcntl(output[0], F_SETFD, FD_CLOEXEC);
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid < 0) {
        perror("kaal expect: fork");
        return -1;
    }
    if (pid == 0) {
        setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        int null = open("/dev/null", O_RDONLY);
        dup2(null, STDIN_FILENO);
        dup2(output[1], STDOUT_FILENO);
        dup2(output[1], STDERR_FILENO);
        close(output[1]);
        int why = 0;
        if (getppid() == parent) {
            execvp(argv[0], argv);
            why = errno;
        }
        ssize_t ignored = write(failed[1], &why, sizeof(why));
        (void)ignored;
        _exit(127);
    }
    setpgid(pid, pid);
    group = pid;
    close(output[1]);
    close(failed[1]);
    int why;
    if (read(failed[0], &why, sizeof(why)) == (ssize_t)sizeof(why)) {
        fprintf(stderr, "kaal expect: cannot run %s: %s\n", argv[0], strerror(why));
        waitpid(pid, NULL, 0);
        group = 0;
        return -1;
    }
    close(failed[0]);
    *out = output[0];
    return pid;
}

/* Ends the group: politely, then not. Returns the program's wait status, or
 * -1 if it still ran and had to be ended. */
static int stop(pid_t pid)
{
    int status = 0;
    bool gone = waitpid(pid, &status, WNOHANG) == pid;
    int result = gone ? status : -1;
    if (!gone) {
        kill(-pid, SIGTERM);
        for (int64_t until = now_ms() + 2000; !gone && now_ms() < until;) {
            const struct timespec pause = {0, 5000000};
            nanosleep(&pause, NULL);
            gone = waitpid(pid, &status, WNOHANG) == pid;
        }
    }
    kill(-pid, SIGKILL); /* also what it may have started itself */
    if (!gone) {
        waitpid(pid, &status, 0);
    }
    group = 0;
    if (result == -1 && WIFSIGNALED(status) && WTERMSIG(status) != SIGTERM &&
        WTERMSIG(status) != SIGKILL) {
        result = status; /* it crashed while being ended */
    }
    return result;
}

/* Has the program ended? Its status stays to be asked for. */
static bool has_ended(pid_t pid)
{
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid;
}

/* Waits for the end of the program, or until the time. */
static void await_end(pid_t pid, int64_t until)
{
    while (!has_ended(pid) && now_ms() < until) {
        const struct timespec pause = {0, 5000000};
        nanosleep(&pause, NULL);
    }
}

/* Why reading ended. */
enum ending { VERDICT, REJECTED, TIMEOUT, OUTPUT_ENDED, TWIN_SETTLED };

static enum ending watch(struct run *r, pid_t pid, int fd)
{
    int64_t twin_until = INT64_MAX, last = now_ms();
    for (;;) {
        if (r->rejected[0] != '\0') {
            return REJECTED;
        }
        const bool is_verdict = all_seen(r);
        if (is_verdict && !r->needs_exit) {
            return VERDICT;
        }
        int64_t now = now_ms();
        if (r->has_twin && r->twin.seen && twin_until == INT64_MAX) {
            twin_until = now + TWIN_SETTLE_MS;
        }
        if (now >= r->deadline) {
            return TIMEOUT;
        }
        if (now >= twin_until && !is_verdict) {
            return TWIN_SETTLED;
        }
        if (now - last >= IDLE_MS && r->length > 0 && !r->partial_matched) {
            match_line(r);
            r->partial_matched = true;
            continue;
        }
        /* Before the look for more: what an ended program has written is there. */
        const bool is_over = is_verdict && has_ended(pid);
        int64_t wait = r->deadline - now < IDLE_MS ? r->deadline - now : IDLE_MS;
        struct pollfd p = {.fd = fd, .events = POLLIN};
        int ready = poll(&p, 1, is_over ? 0 : (int)wait);
        char data[4096];
        ssize_t n = 0;
        if (ready > 0) {
            n = read(fd, data, sizeof(data));
        } else if (ready < 0 || !is_over) {
            continue;
        } /* else it has ended, and something it has started holds its output */
        if (n > 0) {
            last = now_ms();
            take(r, data, (size_t)n);
        } else if (n == 0 || errno != EINTR) {
            if (r->length > 0) {
                end_line(r);
            }
            return r->rejected[0] != '\0' ? REJECTED : all_seen(r) ? VERDICT : OUTPUT_ENDED;
        }
    }
}

/* The reason in words; empty for success. */
static void judge(const struct run *r, enum ending ending, int status, char *why, size_t size)
{
    why[0] = '\0';
    if (status != -1 && WIFSIGNALED(status)) {
        snprintf(why, size, "the emulator died by signal %d (%s)", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    } else if (ending == REJECTED) {
        snprintf(why, size, "a line matched the rejected '%s'", r->rejected);
    } else if (all_seen(r) && r->needs_exit && status == -1) {
        snprintf(why, size, "the verdict came but the machine did not power off within %d s",
                 r->timeout);
    } else if (all_seen(r) && r->needs_exit && WEXITSTATUS(status) != 0) {
        snprintf(why, size, "the verdict came but the machine did not power off: exit status %d",
                 WEXITSTATUS(status));
    } else if (ending == TIMEOUT) {
        snprintf(why, size, "timeout after %d s", r->timeout);
    } else if (ending == OUTPUT_ENDED && status != -1) {
        snprintf(why, size, "the emulator exited with status %d before the verdict",
                 WEXITSTATUS(status));
    } else if (ending == OUTPUT_ENDED) {
        snprintf(why, size, "the emulator closed its output before the verdict");
    } else if (ending == TWIN_SETTLED) {
        snprintf(why, size, "the twin's fault showed and no verdict came");
    }
}

static void report(const struct run *r, const char *why)
{
    unsigned long first = r->lines > TAIL_LINES ? r->lines - TAIL_LINES : 0;
    fflush(stdout);
    fprintf(stderr, "\n--- last lines of the console\n");
    for (unsigned long i = first; i < r->lines; i++) {
        fprintf(stderr, "%s\n", r->tail[i % TAIL_LINES]);
    }
    fprintf(stderr, "---\nkaal expect: FAILED: %s\n", why);
    for (unsigned i = 0; i < r->expect_count; i++) {
        if (!r->expect[i].seen) {
            fprintf(stderr, "  not seen: %s\n", r->expect[i].text);
        }
    }
}

/* A twin passes if the run failed, and for the reason it should. */
static int judge_twin(const struct run *r, const char *why)
{
    if (why[0] == '\0') {
        report(r, "the run passed, but its planted fault should have failed it");
        return 1;
    }
    if (!r->twin.seen) {
        report(r, why);
        fprintf(stderr, "  the run failed as it should, but not seen: %s\n", r->twin.text);
        return 1;
    }
    printf("\nkaal expect: the twin failed as it should: %s\n", why);
    return 0;
}

static int run(struct run *r, char **argv)
{
    struct sigaction action = {.sa_handler = on_signal};
    int fd = -1;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    sigaction(SIGALRM, &action, NULL);
    pid_t pid = start(argv, &fd);
    if (pid < 0) {
        return 1;
    }
    /* The last resort, should this process itself be stuck, e.g. writing. */
    alarm((unsigned)r->timeout + 10);
    r->deadline = now_ms() + (int64_t)r->timeout * 1000;
    enum ending ending = watch(r, pid, fd);
    if (ending == OUTPUT_ENDED) {
        await_end(pid, now_ms() + 1000); /* its exit status is worth a moment */
    } else if (ending == VERDICT && r->needs_exit) {
        await_end(pid, r->deadline); /* it may have closed its output before */
    }
    int status = stop(pid);
    close(fd);
    char why[512];
    judge(r, ending, status, why, sizeof(why));
    if (r->has_twin) {
        return judge_twin(r, why);
    }
    if (why[0] != '\0') {
        report(r, why);
        return 1;
    }
    printf("\nkaal expect: passed\n");
    return 0;
}

/* The log's directory may not exist yet. */
static FILE *open_log(const char *path)
{
    char dir[4096];
    snprintf(dir, sizeof(dir), "%s", path);
    for (char *slash = strchr(dir + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(dir, 0777);
        *slash = '/';
    }
    FILE *f = fopen(path, "wb");
    if (f == NULL) {
        fprintf(stderr, "kaal expect: cannot write %s: %s\n", path, strerror(errno));
    } else {
        fcntl(fileno(f), F_SETFD, FD_CLOEXEC);
    }
    return f;
}

static bool parse_options(int argc, char **argv, struct run *r, bool *allow)
{
    static const struct option options[] = {
        {"expect", required_argument, NULL, 'e'}, {"reject", required_argument, NULL, 'r'},
        {"twin", required_argument, NULL, 'w'},   {"timeout", required_argument, NULL, 't'},
        {"log", required_argument, NULL, 'l'},    {"in-order", no_argument, NULL, 'o'},
        {"allow-reject", no_argument, NULL, 'a'}, {"quiet", no_argument, NULL, 'q'},
        {"exit", no_argument, NULL, 'x'},         {0},
    };
    char *end;
    for (int c; (c = getopt_long(argc, argv, "+", options, NULL)) != -1;) {
        switch (c) {
        case 'e':
            if (r->expect_count == MAX_PATTERNS ||
                !add_pattern(&r->expect[r->expect_count++], optarg)) {
                return false;
            }
            break;
        case 'r':
            if (r->reject_count == MAX_PATTERNS - 1 ||
                !add_pattern(&r->reject[r->reject_count++], optarg)) {
                return false;
            }
            break;
        case 'w':
            r->has_twin = true;
            if (!add_pattern(&r->twin, optarg)) {
                return false;
            }
            break;
        case 't':
            r->timeout = (int)strtol(optarg, &end, 10);
            if (*end != '\0' || r->timeout < 1 || r->timeout > 86400) {
                fprintf(stderr, "kaal expect: --timeout %s is not 1..86400 seconds\n", optarg);
                return false;
            }
            break;
        case 'l':
            r->log = open_log(optarg);
            if (r->log == NULL) {
                return false;
            }
            break;
        case 'o':
            r->in_order = true;
            break;
        case 'a':
            *allow = true;
            break;
        case 'x':
            r->needs_exit = true;
            break;
        case 'q':
            r->quiet = true;
            break;
        default:
            return false;
        }
    }
    return true;
}

int cmd_expect(int argc, char **argv)
{
    static struct run r = {.timeout = 30};
    bool allow = false;
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(help, stdout);
        return 0;
    }
    if (!parse_options(argc, argv, &r, &allow) || optind >= argc || r.expect_count == 0) {
        fputs(help, stderr);
        return 2;
    }
    if (!allow) {
        add_pattern(&r.reject[r.reject_count++], ALWAYS_REJECTED);
    }
    int status = run(&r, argv + optind);
    for (unsigned i = 0; i < TAIL_LINES; i++) {
        free(r.tail[i]);
    }
    if (r.log != NULL) {
        fclose(r.log);
    }
    return status;
}
