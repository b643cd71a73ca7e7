package io.tideline.tools.messaging;

import io.tideline.api.v1.Role;

/** Roles as they are written. */
enum RoleName {
    FOLLOWER(Role.FOLLOWER),
    MEMBER(Role.MEMBER),
    MODERATOR(Role.MODERATOR),
    OWNER(Role.OWNER);

    private final Role wire;

    RoleName(Role wire) {
        this.wire = wire;
    }

    Role wire() {
        return wire;
    }
}
