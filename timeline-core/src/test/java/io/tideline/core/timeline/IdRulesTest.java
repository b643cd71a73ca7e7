package io.tideline.core.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The rule that all ids and names share, for each of them. */
final class IdRulesTest {
    /** The name in messages, the bytes allowed, how to make one, and what it then says of itself. */
    private record Kind(String field, int minBytes, int maxBytes, Function<String, String> roundTrip) {
        @Override
        public String toString() {
            return field;
        }
    }

    private static final Map<String, Kind> KINDS = Stream.of(
                    new Kind("app", 1, 64, s -> new AppId(s).value()),
                    new Kind("sender", 1, 128, s -> new SenderId(s).value()),
                    new Kind("client_message_id", 1, 64, s -> new ClientMessageId(s).value()),
                    new Kind("kind", 0, 64, s -> new MessageKind(s).value()),
                    new Kind("name", 1, 256, s -> TimelineId.conversation("app", s)
                            .name()),
                    new Kind("attribute name", 1, 128, s -> new Attributes(Map.of(s, ""), 0)
                            .values()
                            .keySet()
                            .iterator()
                            .next()),
                    new Kind(
                            "attribute a",
                            0,
                            4096,
                            s -> String.valueOf(
                                    new Attributes(Map.of("a", s), 0).values().get("a"))))
            .collect(Collectors.toMap(Kind::field, k -> k));

    static Stream<Kind> kinds() {
        return KINDS.values().stream();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void id_ofTheGreatestLength_isAccepted(Kind kind) {
        String ascii = "x".repeat(kind.maxBytes());
        String fourBytes = "\ud83d\ude00".repeat(kind.maxBytes() / 4);
        String twoBytes = "\u00e9".repeat(kind.maxBytes() / 2);
        String threeBytes = "\u4e2d".repeat(kind.maxBytes() / 3) + "x".repeat(kind.maxBytes() % 3);

        for (String value : new String[] {ascii, fourBytes, twoBytes, threeBytes}) {
            assertThat(kind.roundTrip().apply(value)).isEqualTo(value);
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void id_oneByteTooLong_isRefused(Kind kind) {
        int max = kind.maxBytes();

        assertRefused(kind, "x".repeat(max + 1), (max + 1) + " bytes");
        assertRefused(kind, "\ud83d\ude00".repeat(max / 4) + "x", (max + 1) + " bytes");
        assertRefused(kind, "\u00e9".repeat(max / 2) + "x", (max + 1) + " bytes");
        assertRefused(kind, "\u4e2d".repeat(max / 3 + 1), (max / 3 + 1) * 3 + " bytes");
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void id_empty_isRefusedUnlessAllowed(Kind kind) {
        if (kind.minBytes() == 0) {
            assertThat(kind.roundTrip().apply("")).isEmpty();
        } else {
            assertRefused(kind, "", "0 bytes of UTF-8 (expected: 1.." + kind.maxBytes() + ")");
        }
    }

    static Stream<Arguments> kindsWithBadCharacters() {
        return kinds().flatMap(kind -> Stream.of(
                        "a\0b",
                        "\n",
                        "a\t",
                        "\u001f",
                        "\u007f",
                        "\u0080",
                        "\u009f",
                        "\ud83d",
                        "\ude00",
                        "a\ud83d",
                        "\ud83dx",
                        "\ude00\ud83d",
                        "\ud83d\ud83d\ude00")
                .map(bad -> Arguments.of(
                        kind, Named.of(bad.codePoints().boxed().toList().toString(), bad))));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("kindsWithBadCharacters")
    void id_controlCharacterOrUnpairedSurrogate_isRefused(Kind kind, String bad) {
        boolean surrogate = bad.chars().anyMatch(c -> Character.isSurrogate((char) c));

        assertRefused(kind, bad, surrogate ? "unpaired surrogate at index" : "control character U+00");
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void id_delimitersAndOddCharacters_areAccepted(Kind kind) {
        for (String value : new String[] {
            "/",
            "a/b",
            ":",
            "|",
            "#",
            " ",
            "%",
            "\\",
            "\"",
            "\u00a0",
            "\u00ff",
            "\u07ff",
            "\u0800",
            "\u2028",
            "\ufeff",
            "\uffff",
            "\ud800\udc00",
            "\udbff\udfff",
            "e\u0301"
        }) {
            assertThat(kind.roundTrip().apply(value)).isEqualTo(value);
        }
    }

    @Test
    void refusal_namesIndexAndCharacterAndNotTheValue() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AppId("secret\u0007"))
                .withMessage("app: control character U+0007 at index 6 (expected: none)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SenderId("\ud83d\ude00\ude00"))
                .withMessage("sender: unpaired surrogate at index 2 (expected: none)");
    }

    private static void assertRefused(Kind kind, String value, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> kind.roundTrip().apply(value))
                .withMessageStartingWith(kind.field() + ": ")
                .withMessageContaining(message);
    }
}
