package io.tideline.tools.bench;

import java.util.SplittableRandom;

/** Words as they are used: few of them often, most of them seldom (log-uniform ranks, near to Zipf's law). */
final class Vocabulary {
    private static final int WORDS = 60_000;
    private static final int LEAST_WORDS = 4;
    private static final int MOST_WORDS = 20;
    private static final String[] SYLLABLES = {
        "ba", "co", "du", "fe", "gi", "ka", "le", "mi", "no", "pu", "ra", "si", "ta", "ve", "wo", "za"
    };

    private Vocabulary() {}

    /** The word of a rank, 0 being the most frequent. */
    static String word(int rank) {
        StringBuilder word = new StringBuilder();
        for (int rest = rank + SYLLABLES.length; rest > 0; rest /= SYLLABLES.length) {
            word.append(SYLLABLES[rest % SYLLABLES.length]);
        }
        return word.toString();
    }

    /** A rank as often as its word is used, of those from {@code least} on. */
    static int rank(SplittableRandom random, int least) {
        double rank = Math.exp(Math.log(least + 1) + random.nextDouble() * Math.log((double) WORDS / (least + 1)));
        return Math.min(WORDS - 1, (int) rank - 1 + (least == 0 ? 0 : 1));
    }

    static String message(SplittableRandom random) {
        StringBuilder message = new StringBuilder();
        int words = random.nextInt(LEAST_WORDS, MOST_WORDS + 1);
        for (int i = 0; i < words; i++) {
            message.append(i == 0 ? "" : " ").append(word(rank(random, 0)));
        }
        return message.toString();
    }
}
