/* Inside the credentials: one attempt to get keys, and the table of providers. An attempt has
 * a plan (where the first keys come from, which roles are assumed with them), runs one provider
 * and then one AssumeRole a role, and ends done or failed. One thread; nothing blocks. */
#ifndef LAMBDIG_AWS_ATTEMPT_H
#define LAMBDIG_AWS_ATTEMPT_H

#include "src/aws/exchange.h"
#include "src/aws/keys.h"
#include "src/aws/sdk.h"

#define ATTEMPT_ROLES 8u   /* a longer chain is refused */
#define ATTEMPT_FILES 6u

enum attempt_state {
    ATTEMPT_RUNS,
    ATTEMPT_ASKS,   /* waits for an MFA code */
    ATTEMPT_DONE,
    ATTEMPT_FAILED, /* err; `final`: asking again without a change is of no use */
};

struct attempt;

struct provider {
    const char *name; /* what the header shows */
    /* Do the variables or the profile ask for it? Also true where they do so wrongly: `start`
     * says what is wrong. `with_env`: variables count. */
    bool (*is_configured)(const struct sdk *sdk, const char *profile, bool with_env);
    void (*start)(struct attempt *a);
    void (*step)(struct attempt *a);  /* NULL: what it waits for is an exchange */
    void (*end)(struct attempt *a);   /* gives a->own back; NULL: nothing to give */
};

extern const struct provider provider_env, provider_web, provider_sso, provider_credentials_file,
    provider_login, provider_process, provider_config_file, provider_container, provider_imds;

struct plan {
    const struct provider *base;
    bool with_env;             /* the base may look at variables */
    char profile[128];         /* where the base looks */
    char roles[ATTEMPT_ROLES][128]; /* profiles with role_arn, the last one assumed first */
    size_t role_count;
    bool needs_person;         /* a role wants an MFA code */
};

/* Pure but for variables. false: err says what is wrong and where. */
bool plan_make(const struct sdk *sdk, struct plan *plan, struct err *err) MUST_USE;

struct attempt_memory {        /* what one attempt tells the next; zeroed: nothing */
    int64_t sso_tried_unix_ms; /* when the login was last to be renewed */
};

struct attempt {
    const struct sdk *sdk;     /* borrowed */
    struct attempt_memory *memory; /* borrowed */
    struct plan plan;
    bool has_base;             /* the base's keys came; now the roles */
    size_t roles_left;
    enum attempt_state state;
    bool final;
    struct keys keys;          /* so far */
    struct err err;
    struct exchange exchange;
    int64_t now_unix_ms, now_mono_ms; /* of the current step */
    void *own;                 /* the base provider's; given back by its `end` */
    char mfa_serial[256];      /* with ATTEMPT_ASKS */
    char role_arn[2049];       /* being assumed */
    char files[ATTEMPT_FILES][1024]; /* what the outcome rests on */
    size_t file_count;
};

/* `http` may be NULL for a plan that asks nobody. */
struct attempt *attempt_new(const struct sdk *sdk, struct http *http,
                            struct attempt_memory *memory, int64_t now_unix_ms);
void attempt_free(struct attempt *a); /* wipes; ends what runs; NULL: nothing */
void attempt_step(struct attempt *a, int64_t now_unix_ms);
int attempt_wait_ms(const struct attempt *a); /* until the next step is of use */
bool attempt_give_mfa(struct attempt *a, const char *code);

/* ---- for providers ---- */

void attempt_done(struct attempt *a);  /* a->keys are the base's, or the role's */
/* `final`: the same would come again. The text is in a->err already. */
void attempt_fail(struct attempt *a, bool final);
void attempt_rests_on(struct attempt *a, const char *path);

/* Reads at most `size` - 1 bytes of a small text file, trimmed, and notes that the attempt
 * rests on it. false: a->err says why. */
bool attempt_read_file(struct attempt *a, const char *path, char *out, size_t size) MUST_USE;

/* role.c: assumes plan.roles[roles_left - 1] with a->keys. */
void role_start(struct attempt *a, const char *mfa_code);
/* Any role: a web identity's too. */
struct sts_role;
void role_ask(struct attempt *a, const struct sts_role *role);
/* The checks of a role's keys that need no network. */
bool role_check(const struct sdk *sdk, const char *profile, struct err *err) MUST_USE;

#endif
