"""What runs of `gedig_edu.lab.grokking` say: where C peaks, and when a model generalises.

The rules, written before the twelve runs were made (one pilot of another seed had been seen):

- *Memorised*: the first reading at which 99 % of the sums to learn are right. *Onset*: the first at
  which half of those held back are.
- C is smoothed by a mean over 2 % of the run around each reading. Its *peak* is the largest value
  between memorisation and twice the step of generalisation, or the end of the run if that comes
  first. Generalisation is taken as the onset, the one number that is given for it; with 99 % of the
  sums held back it would come later, the window would be wider, and a peak before would be rarer.
  The onset lies in the middle of the window, so a peak that stands anywhere comes before it in half
  of the runs.
- *Before*: the peak comes at an earlier step than the onset. That it comes before holds if it does
  in at least 10 of 12 runs (sign test, one-sided, p = 0.019).
- The weight norm is the simpler explanation: its peak is found in the same window in the same way.
  C says more if it comes before in at least 10 of 12 and the norm does not; or if the step of its
  peak goes with the onset over the runs more closely (Spearman's ρ, the 95 % interval of the
  difference, resampled over runs, above 0).
- The *rise* of C is its peak over its value at memorisation, less 1. A run that never generalises
  has the window of its kind: from memorisation to twice the median onset of the runs with the usual
  setting. The peak belongs to generalising if C rises more than in the run of the same seed without
  weight decay, and with shuffled answers (95 % intervals of the mean differences above 0).
- Primes 31, 41, 53 and 67, three seeds each, are twelve runs and judged as the twelve seeds are.
"""
