package io.tideline.store.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class QueryTextTest {
    private static Clause messages(String text) {
        return QueryText.parse(text, SearchSubject.MESSAGES).orElseThrow();
    }

    private static Clause word(String text) {
        return new Clause.Word("", text);
    }

    @Test
    void parse_blank_isNothing() {
        assertThat(QueryText.parse("  ", SearchSubject.MESSAGES)).isEmpty();
    }

    @Test
    void parse_words_areAll() {
        assertThat(messages("grub boot")).isEqualTo(new Clause.All(List.of(word("grub"), word("boot"))));
        assertThat(messages("grub AND boot")).isEqualTo(messages("grub boot"));
    }

    @Test
    void parse_or_bindsLessThanBlank() {
        assertThat(messages("a b OR c"))
                .isEqualTo(new Clause.Any(List.of(new Clause.All(List.of(word("a"), word("b"))), word("c"))));
        assertThat(messages("(b OR c) a"))
                .isEqualTo(new Clause.All(List.of(new Clause.Any(List.of(word("b"), word("c"))), word("a"))));
    }

    @Test
    void parse_phrasesPrefixesAndNegations() {
        assertThat(messages("\"boot menu\"~3")).isEqualTo(new Clause.Phrase("", "boot menu", 3));
        assertThat(messages("ubun*")).isEqualTo(new Clause.Prefix("", "ubun"));
        assertThat(messages("-grub")).isEqualTo(new Clause.Not(word("grub")));
        assertThat(messages("NOT grub")).isEqualTo(new Clause.Not(word("grub")));
        assertThat(messages("\\-grub\\*")).isEqualTo(word("-grub*"));
        assertThat(messages("e-mail")).isEqualTo(word("e-mail"));
    }

    @Test
    void parse_fields() {
        assertThat(messages("from:alice")).isEqualTo(new Clause.Exact("from", "alice"));
        assertThat(messages("from:al*")).isEqualTo(new Clause.Prefix("from", "al"));
        assertThat(messages("from:\"a b\"")).isEqualTo(new Clause.Exact("from", "a b"));
        assertThat(messages("http://tideline")).isEqualTo(word("http://tideline"));
        assertThat(messages("time>=2024-03-01"))
                .isEqualTo(new Clause.Numbers("time", 1_709_251_200_000L, Long.MAX_VALUE));
        assertThat(messages("seq<5")).isEqualTo(new Clause.Numbers("seq", Long.MIN_VALUE, 4));
    }

    @Test
    void parse_attributes() {
        assertThat(QueryText.parse("title:\"summer trip\"", SearchSubject.CONVERSATIONS))
                .isEqualTo(Optional.of(new Clause.Phrase("title", "summer trip", 0)));
        assertThat(QueryText.parse("due>=2024", SearchSubject.CONVERSATIONS))
                .isEqualTo(Optional.of(new Clause.Texts("due", Optional.of("2024"), true, Optional.empty(), false)));
        assertThat(QueryText.parse("members>10", SearchSubject.CONVERSATIONS))
                .isEqualTo(Optional.of(new Clause.Numbers("members", 11, Long.MAX_VALUE)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "grub \"boot menu | 6",
                "(grub boot | 1",
                "grub) | 5",
                "grub OR | 8",
                "* | 1",
                "a AND | 6",
                "AND a | 5",
                "from: | 6",
                "time>yesterday | 6",
                "seq:x | 5",
                "\"a b\"~x | 7",
                "from>=alice | 7",
                "() | 2",
                "NOT | 4"
            })
    void parse_errors_nameThePosition(String query, int position) {
        assertThatThrownBy(() -> messages(query.strip()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("query: ")
                .hasMessageContaining(" at character " + position + " (expected: ");
    }

    @Test
    void parse_tooMuch_isRefused() {
        assertThatThrownBy(() -> messages("a ".repeat(65))).hasMessageContaining("at most 64");
        assertThatThrownBy(() -> messages("a".repeat(2_001))).hasMessageContaining("0..2000");
        assertThatThrownBy(() -> messages("(".repeat(30) + "a" + ")".repeat(30)))
                .hasMessageContaining("at most 16");
        assertThatThrownBy(() -> messages("-".repeat(1_000) + "a")).hasMessageContaining("at character");
    }

    @Test
    void sortKey_comesBack() {
        SortKey key = new SortKey(1.5f, -3, "a b 1", "us er", 77);

        assertThat(SortKey.parse(key.encode())).contains(key);
        assertThat(SortKey.parse("x")).isEmpty();
        assertThat(SortKey.parse("1 2 3 99 ab")).isEmpty();
    }
}
