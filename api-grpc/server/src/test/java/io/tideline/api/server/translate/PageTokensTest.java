package io.tideline.api.server.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.api.server.translate.PageTokens.ReadPosition;
import io.tideline.core.store.Direction;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PageTokensTest {
    private static final TimelineId TIMELINE = TimelineId.conversation("app", "name");
    private static final ReadPosition POSITION = new ReadPosition(SequenceId.of(42), SequenceId.of(99));
    private static final String TOKEN = PageTokens.ofRead(TIMELINE, Direction.FORWARD, SequenceId.NONE, POSITION);

    private static boolean accepted(String token) {
        return PageTokens.readPosition(token, TIMELINE, Direction.FORWARD, SequenceId.NONE)
                .isPresent();
    }

    @Test
    void readToken_ownRequest_roundTrips() {
        assertThat(PageTokens.readPosition(TOKEN, TIMELINE, Direction.FORWARD, SequenceId.NONE))
                .contains(POSITION);
    }

    @Test
    void readToken_everyCharacterFlipped_isRejected() {
        for (int i = 0; i < TOKEN.length(); i++) {
            char flipped = TOKEN.charAt(i) == 'A' ? 'B' : 'A';
            assertThat(accepted(TOKEN.substring(0, i) + flipped + TOKEN.substring(i + 1)))
                    .as("index %d", i)
                    .isFalse();
        }
    }

    @Test
    void readToken_cutOrLengthened_isRejected() {
        for (int i = 0; i < TOKEN.length(); i++) {
            assertThat(accepted(TOKEN.substring(0, i))).isFalse();
        }
        assertThat(accepted(TOKEN + "AAAA")).isFalse();
        assertThat(accepted(TOKEN + "=")).isFalse();
    }

    @Test
    void readToken_idsThatRunIntoEachOther_areTold() {
        String token =
                PageTokens.ofRead(TimelineId.conversation("a", "bc"), Direction.FORWARD, SequenceId.NONE, POSITION);

        assertThat(PageTokens.readPosition(
                        token, TimelineId.conversation("ab", "c"), Direction.FORWARD, SequenceId.NONE))
                .isEmpty();
    }

    @Test
    void listToken_everyCharacterFlippedOrRead_isRejected() {
        AppId app = new AppId("app");
        String token = PageTokens.ofList(TIMELINE);

        assertThat(PageTokens.listPosition(token, app, TimelineFamily.CONVERSATION))
                .contains(TIMELINE);
        for (int i = 0; i < token.length(); i++) {
            for (char other : new char[] {'A', 'B', 'b', '_'}) {
                String altered = token.substring(0, i) + other + token.substring(i + 1);
                assertThat(PageTokens.listPosition(altered, app, TimelineFamily.CONVERSATION)
                                .isPresent())
                        .isEqualTo(altered.equals(token));
            }
        }
        assertThat(accepted(token)).isFalse();
    }

    @Test
    void tokens_noise_isRejected() {
        Random random = new Random(7);
        for (int i = 0; i < 10_000; i++) {
            byte[] bytes = new byte[random.nextInt(64)];
            random.nextBytes(bytes);
            String noise = java.util.Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
            assertThat(accepted(noise)).isFalse();
        }
    }
}
