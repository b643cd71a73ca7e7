package io.tideline.hbase.archive.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

final class FailureSummaryTest {
    @Test
    void of_printedStackTrace_isOneLineWithPlaces() {
        String diagnostics = """
                Error: java.io.IOException: file:/a/b.parquet is not there
                \tat io.tideline.Some.read(Some.java:12)
                \tat io.tideline.Some.map(Some.java:8)
                Caused by: java.lang.NoClassDefFoundError: org/codehaus/jackson/JsonNode
                \tat java.base/java.lang.ClassLoader.defineClass(ClassLoader.java:1017)
                \t... 3 more
                """;

        assertThat(FailureSummary.of(diagnostics))
                .isEqualTo("java.io.IOException: file:/a/b.parquet is not there at io.tideline.Some.read(Some.java:12)"
                        + " <- java.lang.NoClassDefFoundError: org/codehaus/jackson/JsonNode"
                        + " at java.lang.ClassLoader.defineClass(ClassLoader.java:1017)");
    }

    @Test
    void of_exceptionsThatMayQuoteContent_haveNoMessage() {
        Exception failure =
                new IOException("closed", new IllegalArgumentException("not a number: hello\nCaused by: hello"));

        assertThat(FailureSummary.of(failure))
                .contains("java.io.IOException: closed at io.tideline")
                .contains(" <- java.lang.IllegalArgumentException")
                .doesNotContain("hello");
    }

    @Test
    void of_exceptionThatQuotesItsCause_quotesNoContent() {
        Exception failure = new IOException(new IllegalStateException("hello"));

        assertThat(FailureSummary.of(failure))
                .startsWith("java.io.IOException at io.tideline")
                .doesNotContain("hello");
    }

    @Test
    void of_summary_isKept() {
        JobFailedException failure = new JobFailedException("a.b.CException at a.b.C.d(C.java:1)");

        assertThat(FailureSummary.of(failure)).startsWith("a.b.CException at a.b.C.d(C.java:1) at io.tideline");
    }

    @Test
    void of_sentenceOfHadoop_isKeptInOneLine() {
        assertThat(FailureSummary.of("Application failed.\nExit code: 1\n"))
                .isEqualTo("Application failed. Exit code: 1");
    }

    @Test
    void of_longText_isCut() {
        assertThat(FailureSummary.of("x".repeat(5000))).hasSize(1000);
    }
}
