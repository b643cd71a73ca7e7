package io.tideline.store.search;

import io.tideline.store.search.SearchSubject.FieldKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Queries as people write them.
 *
 * <pre>
 * boot menu              both words, whatever their case
 * "boot menu"            next to each other; "boot menu"~3 with at most three words between
 * ubun*                  words that begin so
 * grub OR lilo           at least one; binds less than the blank
 * -grub, NOT grub        not this
 * (grub OR lilo) boot    as in algebra
 * from:alice             a field's word; from:"a b", from:al*, from=alice (the whole of it)
 * time>=2024-03-01       also <=, <, >: a day (UTC) or an instant; seq>=100
 * \-c \"x\"              a backslash takes the meaning away from the character behind it
 * </pre>
 *
 * <p>A name before a colon that is no field of the subject is a word like any other. Errors are {@code
 * IllegalArgumentException}s that say at which character, counted from 1.
 */
public final class QueryText {
    /** The longest query, in characters. */
    public static final int MAX_CHARS = 2_000;

    /** The most words, phrases and comparisons of one query. */
    public static final int MAX_CLAUSES = 64;

    public static final int MAX_SLOP = 100;

    private static final int MAX_DEPTH = 16;

    private final String text;
    private final SearchSubject subject;
    private int at;
    private int clauses;

    private QueryText(String text, SearchSubject subject) {
        this.text = text;
        this.subject = subject;
    }

    /**
     * What a query asks.
     *
     * @return empty for a blank one
     * @throws IllegalArgumentException {@code query: what is wrong at character N (expected: ...)}
     */
    public static Optional<Clause> parse(String text, SearchSubject subject) {
        if (text.length() > MAX_CHARS) {
            throw new IllegalArgumentException(
                    "query: " + text.length() + " characters (expected: 0.." + MAX_CHARS + ")");
        }
        QueryText parser = new QueryText(text, subject);
        parser.blanks();
        if (parser.ended()) {
            return Optional.empty();
        }
        Clause clause = parser.any(0);
        if (!parser.ended()) {
            throw parser.wrong("a closing bracket", "one that was opened");
        }
        return Optional.of(clause);
    }

    private Clause any(int depth) {
        if (depth > MAX_DEPTH) {
            throw wrong("a bracket", "at most " + MAX_DEPTH + " inside each other");
        }
        List<Clause> choices = new ArrayList<>();
        choices.add(all(depth));
        while (takeWord("OR")) {
            choices.add(all(depth));
        }
        return choices.size() == 1 ? choices.get(0) : new Clause.Any(choices);
    }

    private Clause all(int depth) {
        List<Clause> parts = new ArrayList<>();
        blanks();
        while (!ended() && peek() != ')' && !atWord("OR")) {
            boolean joined = takeWord("AND");
            if (joined && (parts.isEmpty() || ended())) {
                throw wrong("AND", "something on both sides of it");
            }
            if (!joined) {
                parts.add(one(depth));
            }
            blanks();
        }
        if (parts.isEmpty()) {
            throw wrong(ended() ? "the end" : "nothing", "a word, a phrase or a field");
        }
        return parts.size() == 1 ? parts.get(0) : new Clause.All(parts);
    }

    private Clause one(int depth) {
        boolean minus = peek() == '-' && at + 1 < text.length() && !Character.isWhitespace(text.charAt(at + 1));
        if (minus || atWord("NOT")) {
            at += minus ? 1 : "NOT".length();
            blanks();
            if (ended() || depth > MAX_DEPTH) {
                throw wrong("the end", "what is not wanted");
            }
            return new Clause.Not(one(depth + 1));
        }
        if (peek() == '(') {
            int opened = at++;
            Clause clause = any(depth + 1);
            if (ended()) {
                at = opened;
                throw wrong("a bracket that is not closed", ")");
            }
            at++;
            return clause;
        }
        if (peek() == ')') {
            throw wrong("a closing bracket", "one that was opened");
        }
        if (++clauses > MAX_CLAUSES) {
            throw wrong("a word", "at most " + MAX_CLAUSES);
        }
        return peek() == '"' ? phrase(Clause.TEXT) : word();
    }

    private Clause phrase(String field) {
        String words = quoted();
        int slop = 0;
        if (!ended() && peek() == '~') {
            int begin = ++at;
            while (!ended() && Character.isDigit(peek()) && at - begin < 4) {
                at++;
            }
            slop = begin == at ? -1 : Integer.parseInt(text.substring(begin, at));
            if (slop < 0 || slop > MAX_SLOP) {
                at = begin;
                throw wrong("a distance", "~0..~" + MAX_SLOP);
            }
        }
        return new Clause.Phrase(field, words, slop);
    }

    private String quoted() {
        int opened = at++;
        StringBuilder content = new StringBuilder();
        while (!ended() && peek() != '"') {
            if (peek() == '\\' && at + 1 < text.length()) {
                at++;
            }
            content.append(text.charAt(at++));
        }
        if (ended()) {
            at = opened;
            throw wrong("a quote that does not end", "\"");
        }
        at++;
        return content.toString();
    }

    private Clause word() {
        int begin = at;
        StringBuilder word = new StringBuilder();
        boolean prefix = false;
        while (!ended() && !isEnd(peek())) {
            Optional<Operator> operator = operator();
            if (operator.isPresent() && subject.field(word.toString()).isPresent()) {
                at += operator.get().sign.length();
                return field(word.toString(), operator.get(), begin);
            }
            prefix = peek() == '*';
            if (peek() == '\\' && at + 1 < text.length()) {
                at++;
            }
            word.append(text.charAt(at++));
        }
        return prefix
                ? prefix(Clause.TEXT, word.substring(0, word.length() - 1), begin)
                : new Clause.Word(Clause.TEXT, word.toString());
    }

    private Clause prefix(String field, String beginning, int begin) {
        if (beginning.isEmpty()) {
            at = begin;
            throw wrong("a star alone", "the beginning of a word before it");
        }
        return new Clause.Prefix(field, beginning);
    }

    private static boolean isEnd(char c) {
        return Character.isWhitespace(c) || c == '(' || c == ')' || c == '"';
    }

    /** How a field is compared. The longer signs come first. */
    private enum Operator {
        AT_LEAST(">="),
        AT_MOST("<="),
        ABOVE(">"),
        BELOW("<"),
        EQUAL("="),
        HAS(":");

        private final String sign;

        Operator(String sign) {
            this.sign = sign;
        }
    }

    private Optional<Operator> operator() {
        for (Operator operator : Operator.values()) {
            if (text.startsWith(operator.sign, at)) {
                return Optional.of(operator);
            }
        }
        return Optional.empty();
    }

    private Clause field(String name, Operator operator, int begin) {
        FieldKind kind = subject.field(name).orElseThrow();
        boolean quoted = !ended() && peek() == '"';
        int valueAt = at;
        if (quoted && operator == Operator.HAS) {
            Clause.Phrase phrase = (Clause.Phrase) phrase(name);
            return switch (kind) {
                case ATTRIBUTE -> phrase;
                case KEYWORD -> new Clause.Exact(name, phrase.text());
                case NUMBER, TIME -> numbers(name, kind, operator, phrase.text(), valueAt);
            };
        }
        StringBuilder value = new StringBuilder();
        boolean star = false;
        if (quoted) {
            value.append(quoted());
        } else {
            while (!ended() && !isEnd(peek())) {
                star = peek() == '*';
                if (peek() == '\\' && at + 1 < text.length()) {
                    at++;
                }
                value.append(text.charAt(at++));
            }
        }
        if (value.isEmpty() && !quoted) {
            throw wrong("nothing", "a value for " + name);
        }
        return switch (kind) {
            case NUMBER, TIME -> numbers(name, kind, operator, value.toString(), valueAt);
            case KEYWORD, ATTRIBUTE -> {
                if (operator == Operator.HAS && star) {
                    yield prefix(name, value.substring(0, value.length() - 1), begin);
                }
                if (operator == Operator.HAS) {
                    yield kind == FieldKind.KEYWORD
                            ? new Clause.Exact(name, value.toString())
                            : new Clause.Word(name, value.toString());
                }
                yield texts(name, kind, operator, value.toString(), valueAt);
            }
        };
    }

    private Clause texts(String name, FieldKind kind, Operator operator, String value, int valueAt) {
        if (operator == Operator.EQUAL) {
            return new Clause.Exact(name, value);
        }
        if (kind == FieldKind.KEYWORD) {
            at = valueAt;
            throw wrong("a comparison", name + ":value or " + name + "=value");
        }
        Optional<String> bound = Optional.of(value);
        return switch (operator) {
            case AT_LEAST, ABOVE ->
                new Clause.Texts(name, bound, operator == Operator.AT_LEAST, Optional.empty(), false);
            default -> new Clause.Texts(name, Optional.empty(), false, bound, operator == Operator.AT_MOST);
        };
    }

    private Clause numbers(String name, FieldKind kind, Operator operator, String value, int valueAt) {
        long[] ends = kind == FieldKind.TIME ? TimeText.millis(value) : number(value);
        if (ends.length == 0) {
            at = valueAt;
            throw wrong(
                    "the value of " + name,
                    kind == FieldKind.TIME ? "2024-03-01 or 2024-03-01T08:00:00Z" : "a whole number");
        }
        return switch (operator) {
            case HAS, EQUAL -> new Clause.Numbers(name, ends[0], ends[1]);
            case AT_LEAST -> new Clause.Numbers(name, ends[0], Long.MAX_VALUE);
            case ABOVE -> new Clause.Numbers(name, ends[1] + 1, Long.MAX_VALUE);
            case AT_MOST -> new Clause.Numbers(name, Long.MIN_VALUE, ends[1]);
            case BELOW -> new Clause.Numbers(name, Long.MIN_VALUE, ends[0] - 1);
        };
    }

    private static long[] number(String value) {
        if (!value.matches("-?[0-9]{1,18}")) {
            return new long[0];
        }
        long number = Long.parseLong(value);
        return new long[] {number, number};
    }

    private char peek() {
        return text.charAt(at);
    }

    private boolean ended() {
        return at >= text.length();
    }

    private void blanks() {
        while (!ended() && Character.isWhitespace(peek())) {
            at++;
        }
    }

    private boolean atWord(String word) {
        int end = at + word.length();
        return text.startsWith(word, at) && (end == text.length() || isEnd(text.charAt(end)));
    }

    private boolean takeWord(String word) {
        blanks();
        boolean there = atWord(word);
        if (there) {
            at += word.length();
            blanks();
        }
        return there;
    }

    private IllegalArgumentException wrong(String what, String expected) {
        return new IllegalArgumentException("query: " + what + " at character " + (Math.min(at, text.length()) + 1)
                + " (expected: " + expected + ")");
    }
}
