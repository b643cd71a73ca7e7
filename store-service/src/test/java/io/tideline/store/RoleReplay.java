package io.tideline.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.conversation.Role;
import io.tideline.core.message.ConversationEvent;
import io.tideline.core.timeline.Entry;
import io.tideline.hbase.codec.EventCodec;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Follows a conversation's entries, and who has which role at each of them. */
final class RoleReplay {
    private final Map<String, Role> roles = new HashMap<>();

    int members() {
        return roles.size();
    }

    /** Checks that the sender might send a message at this very seq, or takes the event in. */
    void check(Entry entry) {
        Optional<ConversationEvent> event = EventCodec.decode(entry.kind(), entry.payload());
        if (event.isEmpty()) {
            assertThat(roles.get(entry.sender().value()))
                    .as("role of the sender of entry %s", entry.seq())
                    .isNotNull()
                    .isGreaterThanOrEqualTo(Role.MEMBER);
        } else if (event.get() instanceof ConversationEvent.Joined joined) {
            joined.users().forEach(user -> assertThat(roles.put(user.value(), joined.role()))
                    .as("%s joins at %s", user, entry.seq())
                    .isNull());
        } else if (event.get() instanceof ConversationEvent.Left left) {
            assertThat(roles.remove(left.user().value()))
                    .as("%s leaves at %s", left.user(), entry.seq())
                    .isNotNull();
        } else if (event.get() instanceof ConversationEvent.RoleChanged changed) {
            assertThat(roles.replace(changed.user().value(), changed.role())).isNotNull();
        }
    }
}
