package io.tideline.tools.simulation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** What happened in a run, counted, and what should not have. Safe for use by many threads. */
final class Findings {
    private static final int MOST_SHOWN = 200;

    private final Map<String, AtomicLong> counts = new ConcurrentHashMap<>();
    private final List<String> violations = Collections.synchronizedList(new ArrayList<>());
    private final AtomicLong violationCount = new AtomicLong();

    void count(String what) {
        count(what, 1);
    }

    void count(String what, long by) {
        counts.computeIfAbsent(what, unused -> new AtomicLong()).addAndGet(by);
    }

    /** @param what without what users have written */
    void violation(String what) {
        if (violationCount.incrementAndGet() <= MOST_SHOWN) {
            violations.add(what);
        }
    }

    long violationCount() {
        return violationCount.get();
    }

    /** The first ones. */
    List<String> violations() {
        return List.copyOf(violations);
    }

    /** By name. */
    Map<String, Long> counts() {
        Map<String, Long> copy = new TreeMap<>();
        counts.forEach((what, count) -> copy.put(what, count.get()));
        return copy;
    }
}
