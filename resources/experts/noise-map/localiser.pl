#!/usr/bin/perl
# An example of a localiser: where has a picture more noise than elsewhere? A part from another
# camera may; so has every texture, which this cannot tell from noise. One line of JSON for each
# request: {"score", "map"}.
use strict;
use warnings;

my $most = 16;    # cells along the longer side
my $each = 12;    # samples across and down a cell

sub median {
    my @sorted = sort { $a <=> $b } @_;
    return $sorted[ @sorted / 2 ];
}

# The mean size of a cell's finest diagonal detail; nothing where the light is clipped, because
# noise is, too.
sub noise {
    my ( $rgb, $width, $left, $top, $right, $bottom ) = @_;
    my $across = int( ( $right - $left ) / $each ) || 1;
    my $down   = int( ( $bottom - $top ) / $each ) || 1;
    my ( @details, $sum );
    for ( my $y = $top ; $y + 1 < $bottom ; $y += $down ) {
        for ( my $x = $left ; $x + 1 < $right ; $x += $across ) {
            my $green = 3 * ( $y * $width + $x ) + 1;
            my ( $a, $b ) = unpack 'C x2 C', substr $$rgb, $green, 4;
            my ( $c, $d ) = unpack 'C x2 C', substr $$rgb, $green + 3 * $width, 4;
            push @details, abs( $a - $b - $c + $d ) / 2;
            $sum += $a;
        }
    }
    return if !@details || $sum < 8 * @details || $sum > 247 * @details;
    my $total = 0;
    $total += $_ for @details;
    return $total / @details + 0.05;
}

sub answer {
    my ($path) = @_;
    open my $file, '<:raw', $path or die "no picture\n";
    local $/;
    my ( $width, $height, $rgb ) = <$file> =~ /\AP6\n(\d+) (\d+)\n255\n(.*)\z/s
      or die "not a PPM file\n";
    my $longer = $width > $height ? $width : $height;
    my $columns = int( $most * $width / $longer + 0.5 )  || 1;
    my $rows    = int( $most * $height / $longer + 0.5 ) || 1;
    die "too small\n" if $width < 4 * $columns || $height < 4 * $rows;
    my @cells;
    for my $r ( 0 .. $rows - 1 ) {
        for my $c ( 0 .. $columns - 1 ) {
            my @edges = (
                int( $width * $c / $columns ),         int( $height * $r / $rows ),
                int( $width * ( $c + 1 ) / $columns ), int( $height * ( $r + 1 ) / $rows )
            );
            push @cells, scalar noise( \$rgb, $width, @edges );
        }
    }
    my @known = grep { defined } @cells;
    die "too dark or too bright\n" if @known < 4;
    my $usual = median(@known);
    # Log-odds of "edited" in each cell: twice the usual noise is undecided.
    my @odds = map { defined $_ ? 3 * ( log( $_ / $usual ) / log(2) - 1 ) : undef } @cells;
    my @strongest = sort { $b <=> $a } grep { defined } @odds;
    my $score = 0;
    my $few   = int( @strongest / 50 ) || 1;
    $score += $_ / $few for @strongest[ 0 .. $few - 1 ];
    my @values = map { defined $_ ? sprintf '%.3f', $_ : 'null' } @odds;
    my @lines;
    push @lines, '[' . join( ',', splice @values, 0, $columns ) . ']' while @values;
    return sprintf '{"score": %.6f, "map": [%s]}', $score, join ',', @lines;
}

$| = 1;
while ( my $request = <STDIN> ) {
    my ($path) = $request =~ /"picture":"([^"]+)"/;
    my $reply = eval { answer($path) };
    if ( !defined $reply ) {
        my $why = $@;
        chomp $why;
        $reply = qq({"error": "$why"});
    }
    print "$reply\n";
}
