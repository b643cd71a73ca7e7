package io.tideline.store.search.lucene;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.charfilter.MappingCharFilter;
import org.apache.lucene.analysis.charfilter.NormalizeCharMap;
import org.apache.lucene.analysis.cjk.CJKBigramFilter;
import org.apache.lucene.analysis.cjk.CJKWidthFilter;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;
import org.apache.lucene.analysis.tokenattributes.TypeAttribute;

/**
 * Cuts text into words: runs of letters and digits, in lower case. Characters that the Unicode rules would leave inside a
 * word ({@code . : _ '} and their like) separate, so that "ubuntu" finds "www.ubuntu.com". Chinese, Japanese and Korean,
 * which are written without blanks, are indexed by character and by every two neighbours: what is looked for may be of any
 * length. Widths are made equal.
 */
final class WordAnalyzer extends Analyzer {
    /** Between two values of a field: more than any phrase spans. */
    static final int GAP = 1_000;

    /** What UAX #29 does not break at, though people do. */
    private static final String SEPARATORS =
            ".:'_,;\u2019\u2018\u00b7\u203f\u2024\uff0e\uff1a\uff07\uff3f\uff0c\uff1b\ufe52\ufe55";

    private static final NormalizeCharMap BREAKS = breaks();

    private static final int CJK =
            CJKBigramFilter.HAN | CJKBigramFilter.HIRAGANA | CJKBigramFilter.KATAKANA | CJKBigramFilter.HANGUL;

    /**
     * A word of a query.
     *
     * @param position as it stands in a text: the next word's is one more
     * @param pair whether it is two characters of a longer run
     */
    record Token(String term, int position, boolean pair) {}

    private static NormalizeCharMap breaks() {
        NormalizeCharMap.Builder map = new NormalizeCharMap.Builder();
        SEPARATORS.chars().forEach(c -> map.add(Character.toString((char) c), " "));
        return map.build();
    }

    @Override
    public int getPositionIncrementGap(String fieldName) {
        return GAP;
    }

    @Override
    protected Reader initReader(String fieldName, Reader reader) {
        return new MappingCharFilter(BREAKS, reader);
    }

    @Override
    protected TokenStreamComponents createComponents(String fieldName) {
        StandardTokenizer words = new StandardTokenizer();
        TokenStream even = new LowerCaseFilter(new CJKWidthFilter(words));
        return new TokenStreamComponents(words, new CJKBigramFilter(even, CJK, true));
    }

    /** The words of a query: of a run of characters the pairs, of one that stands alone itself. */
    List<Token> tokens(String text) {
        List<Token> all = new ArrayList<>();
        Set<Integer> singles = new HashSet<>();
        Set<Integer> pairs = new HashSet<>();
        try (TokenStream stream = tokenStream(Fields.TEXT, text)) {
            CharTermAttribute term = stream.addAttribute(CharTermAttribute.class);
            PositionIncrementAttribute step = stream.addAttribute(PositionIncrementAttribute.class);
            TypeAttribute type = stream.addAttribute(TypeAttribute.class);
            stream.reset();
            int position = -1;
            while (stream.incrementToken()) {
                position += step.getPositionIncrement();
                boolean pair = type.type().equals(CJKBigramFilter.DOUBLE_TYPE);
                if (pair) {
                    pairs.add(position);
                } else if (type.type().equals(CJKBigramFilter.SINGLE_TYPE)) {
                    singles.add(position);
                }
                all.add(new Token(term.toString(), position, pair));
            }
            stream.end();
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory failed", e);
        }
        return all.stream()
                .filter(token -> token.pair()
                        || !singles.contains(token.position())
                        || !pairs.contains(token.position()) && !pairs.contains(token.position() - 1))
                .toList();
    }
}
