package io.tideline.store.search;

import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a hit stands in an order, so that the next page can go on after it.
 *
 * @param score of RELEVANCE, else 0
 * @param number time or count that the order is by
 * @param member of members the user, else empty
 * @param seq of messages, else 0
 */
public record SortKey(float score, long number, String conversation, String member, long seq) {
    private static final Pattern TEXT = Pattern.compile("(-?\\d+) (-?\\d+) (\\d+) (\\d+) (.*)", Pattern.DOTALL);

    public SortKey {
        Objects.requireNonNull(conversation, "conversation");
        Objects.requireNonNull(member, "member");
    }

    /** The text that {@link #parse} reads. */
    public String encode() {
        return Float.floatToIntBits(score) + " " + number + " " + seq + " " + conversation.length() + " " + conversation
                + member;
    }

    /** Empty when {@link #encode} has not written this. */
    public static Optional<SortKey> parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        try {
            int length = Integer.parseInt(parts.group(4));
            String names = parts.group(5);
            return Optional.of(new SortKey(
                    Float.intBitsToFloat(Integer.parseInt(parts.group(1))),
                    Long.parseLong(parts.group(2)),
                    names.substring(0, length),
                    names.substring(length),
                    Long.parseLong(parts.group(3))));
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }
}
