package io.tideline.tools.command;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/** Stdin as lines of UTF-8, whatever the locale says. */
public final class StandardInput {
    private StandardInput() {}

    /** A reader of its own; one for each run of a command. */
    public static BufferedReader reader() {
        return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    }

    static Stream<String> lines() {
        return reader().lines();
    }
}
