package io.tideline.tools.bench;

/**
 * A figure and what is demanded of it.
 *
 * @param figure what is compared, with its unit
 * @param ratio subject by baseline; of an absolute figure the figure itself
 * @param atLeast whether the ratio must reach the target, or else must not exceed it
 */
record Check(String figure, double subject, double baseline, double ratio, boolean atLeast, double target) {

    /** The subject must reach so many times the baseline. */
    static Check ratioAtLeast(String figure, double subject, double baseline, double target) {
        return new Check(figure, subject, baseline, subject / baseline, true, target);
    }

    /** The subject must stay within so many times the baseline. */
    static Check ratioAtMost(String figure, double subject, double baseline, double target) {
        return new Check(figure, subject, baseline, subject / baseline, false, target);
    }

    /** The subject alone must stay within the target. */
    static Check atMost(String figure, double subject, double target) {
        return new Check(figure, subject, Double.NaN, subject, false, target);
    }

    /** The subject alone must reach the target. */
    static Check atLeast(String figure, double subject, double target) {
        return new Check(figure, subject, Double.NaN, subject, true, target);
    }

    boolean isAbsolute() {
        return Double.isNaN(baseline);
    }

    /** Something that is no number, because nothing was measured, has not passed. */
    boolean passed() {
        return atLeast ? ratio >= target : ratio <= target;
    }
}
