package io.tideline.tools.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tideline.api.v1.TimelineFamily;
import io.tideline.api.v1.TimelineName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TimelineNamesTest {
    private static TimelineName name(String app, TimelineFamily family, String id) {
        return TimelineName.newBuilder().setApp(app).setFamily(family).setId(id).build();
    }

    @Test
    void parse_bareId_isConversationOfDefaultApp() {
        assertThat(TimelineNames.parse("#ubuntu", "chat"))
                .isEqualTo(name("chat", TimelineFamily.CONVERSATION, "#ubuntu"));
    }

    @Test
    void parse_fullName_splitsAtTheFirstTwoSlashesOnly() {
        assertThat(TimelineNames.parse("shop/inbox/a/b//c", "chat"))
                .isEqualTo(name("shop", TimelineFamily.INBOX, "a/b//c"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "/conversation/x", "a/b/c", "a/INBOX/c", "a/inbox/", "tab\tid"})
    void parse_malformed_isRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> TimelineNames.parse(text, "chat"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/conversation/x", "a/inbox/x/y", "a b/personal/ü/"})
    void format_isReadBack(String text) {
        assertThat(TimelineNames.format(TimelineNames.parse(text, "other"))).isEqualTo(text);
    }
}
